import type { Account } from '../accounts/account.js'
import { html } from './html.js'
import type { Page } from './page.js'

interface Password {
  readonly account: Account
  readonly problem?: string
}

export function passwordPage({ account, problem }: Password): Omit<Page, 'path' | 'notice'> {
  const content = html`<form method="post" action="/password" class="card stack">
<p>All other devices are signed out when the password changes.</p>
<input type="hidden" name="name" value="${account.name}" autocomplete="username">
<label>New password <input name="password" type="password" minlength="8" maxlength="200" required autocomplete="new-password"></label>
<button>Change the password</button>
</form>`
  return { title: 'Change the password', content, account, problem }
}

export function confirmPage({ account, problem }: Password): Omit<Page, 'path' | 'notice'> {
  const content = html`<form method="post" action="/password/confirm" class="card stack">
<p>Your login is older than five minutes. Enter the password again, so that nobody changes it in a browser that you left open.</p>
<label>Password <input name="password" type="password" maxlength="200" required autocomplete="current-password"></label>
<button>Go on</button>
</form>`
  return { title: 'Is it you?', content, account, problem }
}
