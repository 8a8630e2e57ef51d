import type { Account } from '../accounts/account.js'
import { type Html, html } from './html.js'

/** A page, and what stands around it. */
export interface Page {
  readonly title: string
  readonly content: Html
  readonly account?: Account | null
  /** The path of the page, which the navigation marks. */
  readonly path: string
  /** What happened before, shown once. */
  readonly notice?: string | undefined
  /** What was wrong with the form. */
  readonly problem?: string | undefined
  /** The scripts of the page. */
  readonly scripts?: readonly string[]
  /** The style sheets of the page, besides that of all pages. */
  readonly styles?: readonly string[]
}

const places: readonly (readonly [path: string, name: string])[] = [
  ['/devices', 'Devices'],
  ['/cart', 'Cart'],
  ['/live', 'Live'],
  ['/password', 'Password'],
]

/** The whole page, as HTML. */
export function renderPage({
  title,
  content,
  account,
  path,
  notice,
  problem,
  scripts = [],
  styles = [],
}: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · koa-session-model</title>
<link rel="icon" href="/public/icon.svg" type="image/svg+xml">
${[...styles, '/public/style.css'].map((style) => html`<link rel="stylesheet" href="${style}">`)}
${scripts.map((script) => html`<script src="${script}" defer></script>`)}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="bar">
<a class="brand" href="/">koa-session-model</a>
${account ? navigation(account, path) : visitorNavigation(path)}
</header>
<main id="main">
${notice === undefined ? [] : html`<p class="notice" role="status">${notice}</p>`}
${problem === undefined ? [] : html`<p class="problem" role="alert">${problem}</p>`}
<h1>${title}</h1>
${content}
</main>
<footer>An example. Every number here comes from one table, <code>device_sessions</code>.</footer>
</body>
</html>
`.toString()
}

function navigation({ name, role }: Account, path: string): Html {
  const shown = role === 'admin' ? [...places, ['/admin', 'Admin'] as const] : places
  return html`<nav aria-label="Pages">${shown.map((place) => link(place, path))}</nav>
<form method="post" action="/logout" class="who"><span id="user">${name}</span><button class="quiet">Log out</button></form>`
}

function visitorNavigation(path: string): Html {
  const shown = [['/cart', 'Cart'] as const, ['/login', 'Log in'] as const, ['/register', 'Register'] as const]
  return html`<nav aria-label="Pages">${shown.map((place) => link(place, path))}</nav>`
}

function link([target, name]: readonly [path: string, name: string], path: string): Html {
  return target === path
    ? html`<a href="${target}" aria-current="page">${name}</a>`
    : html`<a href="${target}">${name}</a>`
}
