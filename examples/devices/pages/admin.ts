import type { Account } from '../accounts/account.js'
import { type Html, html } from './html.js'
import type { Page } from './page.js'

/** The number of living sessions of one browser. */
export interface BrowserCount {
  readonly browser: string
  readonly count: number
}

/** A session, as the list of the newest shows it. */
interface NewSession {
  readonly accountId: number | null
  readonly browser: string | null
  readonly system: string | null
}

interface Admin {
  readonly account: Account
  readonly living: number
  readonly browsers: readonly BrowserCount[]
  readonly newest: readonly NewSession[]
  /** The names of accounts, by id. */
  readonly names: ReadonlyMap<number, string>
}

export function adminPage({ account, living, browsers, newest, names }: Admin): Omit<Page, 'path' | 'notice'> {
  const content = html`<section class="card" aria-labelledby="over-time">
<h2 id="over-time">Living sessions: <span id="living">${living}</span></h2>
<div id="chart" role="img" aria-label="Living sessions over the last hour"></div>
<noscript><p class="muted">The chart needs JavaScript.</p></noscript>
</section>
<section class="card" aria-labelledby="by-browser">
<h2 id="by-browser">By browser</h2>
<div class="scroll"><table><thead><tr><th scope="col">Browser</th><th scope="col" class="number">Sessions</th></tr></thead>
<tbody>${browsers.map(({ browser, count }) => html`<tr><td>${browser}</td><td class="number">${count}</td></tr>`)}</tbody></table></div>
</section>
<section class="card" aria-labelledby="newest">
<h2 id="newest">The newest</h2>
<div class="scroll"><table><thead><tr><th scope="col">Account</th><th scope="col">Browser</th><th scope="col">System</th></tr></thead>
<tbody>${newest.map((session) => row(session, names))}</tbody></table></div>
</section>
<section class="card" aria-labelledby="revoke">
<h2 id="revoke">End all sessions of an account</h2>
<form method="post" action="/admin/revoke" class="line"><label>Name <input name="name" maxlength="50" required autocomplete="off" autocapitalize="none"></label><button>End them</button></form>
</section>`
  const styles = ['/public/uplot.css']
  return { title: 'Sessions', content, account, styles, scripts: ['/public/uplot.js', '/public/chart.js'] }
}

function row({ accountId, browser, system }: NewSession, names: ReadonlyMap<number, string>): Html {
  const name = accountId === null ? 'nobody' : (names.get(accountId) ?? 'nobody')
  return html`<tr><td>${name}</td><td>${browser ?? '–'}</td><td>${system ?? '–'}</td></tr>`
}
