import { STATUS_CODES } from 'node:http'
import { Readable } from 'node:stream'
import { SessionError } from '../core/errors.js'
import type { RequestOutcome } from '../core/options/options.js'
import type { KoaContext } from './context.js'
import type { KoaSession } from './koa-session.js'

/**
 * Makes what a request has changed in the session durable, before the response leaves. What was ended stays ended, also
 * where changes are not kept, or `keepChanges` throws.
 */
export async function commit(ctx: KoaContext, session: KoaSession, outcome: RequestOutcome): Promise<void> {
  const { made } = session
  if (!made) return session.end()
  let isKept = false
  try {
    try {
      isKept = session.manager.options.keepChanges(outcome)
    } finally {
      const writing = made.commit(isKept)
      if (writing) await writing
    }
  } finally {
    session.end()
  }
  const retire = made.watch(goesOn(ctx))
  if (retire) retireAtEnd(ctx, retire)
}

/** The same after an error. A failure to commit is reported beside an error of the server, whose cause it hides from nobody. */
export async function commitFailed(ctx: KoaContext, session: KoaSession, error: unknown): Promise<void> {
  const status = statusOf(error)
  try {
    await commit(ctx, session, { status, error })
  } catch (failure) {
    if (status < 500) throw failure
    if (!(error instanceof SessionError)) ctx.app.emit('error', failure, ctx)
  }
}

/** The status that Koa answers the error with: 500, if it is no `Error`, whatever status it names. */
function statusOf(error: unknown): number {
  if (!isError(error)) return 500
  const { status, statusCode } = error as { status?: unknown; statusCode?: unknown }
  const given = status || statusCode
  return typeof given === 'number' && given in STATUS_CODES ? given : 500
}

/** As Koa tells: errors of another realm, such as those of test runners, are errors too. */
function isError(thrown: unknown): boolean {
  return thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]'
}

/** Whether the response is not complete yet when the middlewares are. */
function goesOn({ body, respond }: KoaContext): boolean {
  return respond === false || body instanceof Readable
}

/** When the response is over. Whoever listens to errors may throw one: not in the response's own event. */
function retireAtEnd(ctx: KoaContext, retire: () => Promise<void> | undefined): void {
  const report = (error: unknown): void => void ctx.app.emit('error', error, ctx)
  const end = (): void => {
    try {
      retire()?.catch(report)
    } catch (error) {
      Promise.reject(error).catch(report)
    }
  }
  if (ctx.res.destroyed) end()
  else ctx.res.on('close', end)
}
