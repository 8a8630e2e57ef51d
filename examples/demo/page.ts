import type { ColumnsOf, ListedSession } from 'koa-session-model'
import { Html, html } from './html.js'
import { style } from './style.js'
import type { SessionContent, Sessions } from './web-session.js'

/** What the page shows. */
export interface PageContent extends SessionContent {
  userName: string | null
  sessions: readonly ListedSession<ColumnsOf<Sessions>, SessionContent>[]
  /** The id under which the list has the session of this browser. */
  currentSession: string
}

/** The whole page, as HTML. */
export function renderPage(content: PageContent): string {
  const { userName, views, cart } = content
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>koa-session-model demo</title>
<style>${new Html(style)}</style>
<main>
<header>
<h1>koa-session-model demo</h1>
<p class="muted">This is a demo: there are no passwords. Any name logs you in, also one that someone else uses.</p>
</header>
<section>${userName === null ? loginForm() : greeting(userName)}</section>
<section><h2>Page views</h2>${viewCounter(views)}</section>
<section><h2>Cart</h2>${cartList(cart)}${addToCartForm()}</section>
${userName === null ? [] : sessionList(content)}
</main>
</html>
`.toString()
}

function loginForm(): Html {
  return html`<h2>Log in</h2>
<form method="post" action="/login">
<label>Your name <input name="userName" maxlength="100" required autocomplete="username"></label><button>Log in</button>
</form>`
}

function greeting(userName: string): Html {
  return html`<div class="row"><h2>Hello, <span id="user">${userName}</span>!</h2>
<form method="post" action="/logout"><button class="quiet">Log out</button></form></div>`
}

function viewCounter(views: number): Html {
  if (views === 0) return html`<p class="muted">No session has begun yet: log in, or put something into the cart.</p>`
  return html`<p>Seen in this session: <strong id="views">${views}</strong></p>`
}

function cartList(cart: readonly string[]): Html {
  if (cart.length === 0) return html`<p class="muted">The cart is empty.</p>`
  return html`<ul id="cart">${cart.map(
    (item) => html`
<li><span>${item}</span><form method="post" action="/cart/remove"><button name="item" value="${item}">Remove</button></form></li>`,
  )}</ul>`
}

function addToCartForm(): Html {
  return html`<form method="post" action="/cart/add">
<label>Item <input name="item" maxlength="100" required autocomplete="off"></label><button>Add</button>
</form>`
}

function sessionList({ sessions, currentSession }: PageContent): Html {
  return html`<section><h2>Your sessions</h2><ul id="sessions">${sessions.map(
    ({ id, createdAt, expires, properties }) => html`
<li><div><div>${properties.userAgent || 'Unknown browser'}</div>
<div class="muted">Since ${minute(createdAt)}, ends ${minute(expires)} if it is not used</div></div>
${id === currentSession ? html`<strong>This one</strong>` : endForm(id)}</li>`,
  )}</ul></section>`
}

function endForm(id: string): Html {
  return html`<form method="post" action="/sessions/end"><button name="id" value="${id}">End this session</button></form>`
}

function minute(date: Date | null): string {
  return date ? `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC` : 'unknown'
}
