import type { Context, Next } from 'koa'

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Only our own scripts and styles, and no copy of a personal page in a cache: "back" after a logout shows nothing. */
export async function securityHeaders(ctx: Context, next: Next): Promise<void> {
  ctx.set({
    'Content-Security-Policy': contentSecurityPolicy,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  })
  await next()
}

/** Refuses forms of other sites. The cookie is `SameSite=Lax` besides, so they come without a session. */
export async function refuseForeignForms(ctx: Context, next: Next): Promise<void> {
  const isForm = ctx.method !== 'GET' && ctx.method !== 'HEAD'
  const site = ctx.get('Sec-Fetch-Site')
  const isOurs = site === '' ? isOwnOrigin(ctx) : site === 'same-origin'
  if (isForm && !isOurs) ctx.throw(403, 'This form comes from another site.')
  await next()
}

/** Whether the header `Origin`, which old browsers send too, names this site. Programs send none. */
function isOwnOrigin(ctx: Context): boolean {
  const origin = ctx.get('Origin')
  return origin === '' || origin === `${ctx.protocol}://${ctx.host}`
}
