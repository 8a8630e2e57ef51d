import type { Account } from '../accounts/account.js'
import { type Html, html } from './html.js'
import type { Page } from './page.js'

interface Cart {
  readonly account: Account | null
  readonly cart: Readonly<Record<string, number>>
  /** Whether the visitor has a session. One who has stored nothing has none. */
  readonly hasSession: boolean
}

export function cartPage({ account, cart, hasSession }: Cart): Omit<Page, 'path' | 'notice'> {
  const things = Object.entries(cart)
  const content = html`<p class="lead">Open this page in two tabs and add to the cart in both. Nothing is lost.</p>
<section class="card" aria-labelledby="things">
<h2 id="things">In the cart</h2>
${things.length === 0 ? html`<p class="muted">Nothing yet.</p>` : list(things)}
<form method="post" action="/cart" class="line"><label>Thing <input name="thing" maxlength="40" required autocomplete="off"></label><button>Add</button></form>
${things.length === 0 ? [] : html`<form method="post" action="/cart/empty"><button class="quiet">Empty the cart</button></form>`}
</section>
<section class="card" aria-labelledby="twenty">
<h2 id="twenty">Twenty requests at once</h2>
<p>Each adds one tea. All of them read the same row at the same moment; whoever is late reads again.</p>
${hasSession ? twentyForm() : html`<p class="muted">Put something into the cart first: a visitor who has stored nothing has no session.</p>`}
</section>`
  return { title: 'Cart', content, account, scripts: ['/public/cart.js'] }
}

function twentyForm(): Html {
  return html`<form method="post" action="/cart/twenty" id="twenty-form"><button>Send twenty requests</button></form>
<p id="twenty-result" role="status" class="muted"></p>`
}

function list(things: readonly (readonly [string, number])[]): Html {
  return html`<ul class="plain" id="cart">${things.map(
    ([thing, number]) => html`<li data-thing="${thing}"><span>${thing}</span><strong>${number}</strong></li>`,
  )}</ul>`
}
