import type { KoaContext } from './context.js'

/** The events that koa-session emits on the app. */
const events = ['session:missed', 'session:expired', 'session:invalid'] as const

/** The apps that have been looked at. */
const known = new WeakSet<object>()

/** Warns, once for each app, of listeners to events of koa-session that nobody emits. */
export function warnOfListeners(ctx: object): void {
  const { app } = ctx as Partial<KoaContext>
  if (!app || known.has(app) || 'sessionOptions' in ctx) return // koa-session serves it too
  known.add(app)
  const heard = events.filter((name) => (app.listenerCount?.(name) ?? 0) > 0)
  if (heard.length > 0) warn(heard)
}

function warn(heard: readonly string[]): void {
  const names = heard.map((name) => `'${name}'`).join(', ')
  process.emitWarning(
    `koa-session-model: the app listens to ${names}, which only koa-session emits. Listen to the manager instead: ` +
      "manager.on('rejected', …) and manager.on('expired', …), and use session(manager).",
    { code: 'KOA_SESSION_MODEL_EVENTS' },
  )
}
