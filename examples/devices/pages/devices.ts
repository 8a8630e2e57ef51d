import type { Account } from '../accounts/account.js'
import type { Device } from '../sessions/manager.js'
import { type Html, html } from './html.js'
import { ago } from './moments.js'
import type { Page } from './page.js'

interface Devices {
  readonly account: Account
  readonly devices: readonly Device[]
  /** The id under which the list has the session of this browser. */
  readonly current: string
  readonly now: Date
}

export function devicesPage({ account, devices, current, now }: Devices): Omit<Page, 'path' | 'notice'> {
  const mine = devices.filter(({ id }) => id === current)
  const others = devices.filter(({ id }) => id !== current).sort((one, other) => seen(other) - seen(one))
  const content = html`<p class="lead">You are logged in on ${devices.length === 1 ? 'this device only' : `${devices.length} devices`}.</p>
<ul class="cards" id="devices">
${mine.map((device) => item(device, now, html`<strong class="badge">This device</strong>`))}
${others.map((device) => item(device, now, endForm(device)))}
</ul>
${others.length === 0 ? [] : html`<form method="post" action="/devices/end-others"><button>Sign out all other devices</button></form>`}`
  return { title: 'Your devices', content, account }
}

function seen({ lastSeenAt }: Device): number {
  return lastSeenAt?.getTime() ?? 0
}

function item({ createdAt, lastSeenAt, properties }: Device, now: Date, action: Html): Html {
  return html`<li class="card row">
<div><div class="name">${properties.browser ?? 'Unknown browser'}</div>
<div class="muted">${properties.system ?? 'unknown system'} · last seen ${ago(lastSeenAt, now)} · since ${ago(createdAt, now)}</div></div>
${action}
</li>`
}

function endForm({ id, properties }: Device): Html {
  const name = `Sign out ${properties.browser ?? 'this device'} on ${properties.system ?? 'an unknown system'}`
  return html`<form method="post" action="/devices/end"><button class="quiet" name="id" value="${id}" aria-label="${name}">Sign out</button></form>`
}
