import { type Html, html } from './html.js'
import type { Page } from './page.js'

type Content = Omit<Page, 'path' | 'notice'>

interface Login {
  readonly name?: string
  readonly problem?: string
}

export function loginPage({ name = '', to, problem }: Login & { readonly to: string }): Content {
  const content = html`<form method="post" action="/login" class="card stack">
<input type="hidden" name="to" value="${to}">
${nameField(name)}
<label>Password <input name="password" type="password" maxlength="200" required autocomplete="current-password"></label>
${rememberField()}
<button>Log in</button>
<p class="muted">No account? <a href="/register">Register</a>: it takes a name and a password.</p>
</form>`
  return { title: 'Log in', content, problem }
}

export function registerPage({ name = '', problem }: Login): Content {
  const content = html`<form method="post" action="/register" class="card stack">
${nameField(name)}
<label>Password <input name="password" type="password" minlength="8" maxlength="200" required autocomplete="new-password" aria-describedby="rule"></label>
<p class="muted" id="rule">At least 8 characters. It is stored as a scrypt hash.</p>
${rememberField()}
<button>Register</button>
<p class="muted">Have an account? <a href="/login">Log in</a>. The first account is the administrator's.</p>
</form>`
  return { title: 'Register', content, problem }
}

function nameField(name: string): Html {
  return html`<label>Name <input name="name" value="${name}" maxlength="50" required autocomplete="username" autocapitalize="none"></label>`
}

function rememberField(): Html {
  return html`<label class="check"><input type="checkbox" name="remember"> Stay logged in on this device for 30 days</label>`
}
