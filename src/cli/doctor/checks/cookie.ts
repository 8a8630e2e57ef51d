import { type Check, type Finding, failure, warning } from '../check.js'

/** The attributes of the cookie fit the environment. */
export const cookie: Check = {
  name: 'cookie',
  async run({ manager, isConfigured, environment }) {
    if (!isConfigured) return undefined
    return judgeCookie(manager.options.cookie, environment.NODE_ENV)
  },
}

interface CookieAttributes {
  readonly secure: unknown
  readonly httpOnly?: unknown
  readonly sameSite?: unknown
}

/** What the attributes of the cookie mean in this environment. */
export function judgeCookie(
  { secure, httpOnly, sameSite }: CookieAttributes,
  environment: string | undefined,
): Finding[] {
  const isProduction = environment === 'production'
  const found: Finding[] = []
  if (isProduction && secure === false) {
    found.push(
      failure(
        'The cookie is sent over HTTP too (secure: false), and NODE_ENV is production.',
        "Use secure: 'auto' or true, and app.proxy behind a proxy.",
      ),
    )
  }
  if (!isProduction && secure === true) {
    found.push(
      warning(
        `The cookie is sent over HTTPS only (secure: true), and NODE_ENV is ${environment ?? 'not set'}: a browser at http://localhost may lose it.`,
        "Use secure: 'auto'.",
      ),
    )
  }
  if (sameSite === 'none' && secure === false)
    found.push(failure('Browsers refuse a cookie with sameSite none that is not secure.', 'Use secure: true.'))
  if (httpOnly === false)
    found.push(warning('Scripts of the page can read the cookie (httpOnly: false).', 'Leave httpOnly out.'))
  return found
}
