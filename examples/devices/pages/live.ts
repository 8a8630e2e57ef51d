import type { Account } from '../accounts/account.js'
import { html } from './html.js'
import type { Page } from './page.js'

export function livePage({ account }: { readonly account: Account }): Omit<Page, 'path' | 'notice'> {
  const content = html`<p class="lead">This page stays connected. End the session, here or on another device, and it closes.</p>
<section class="card">
<p id="live" role="status" class="live">Connecting …</p>
<noscript><p>This page needs JavaScript: it listens to events of the server.</p></noscript>
</section>`
  return { title: 'Live', content, account, scripts: ['/public/live.js'] }
}
