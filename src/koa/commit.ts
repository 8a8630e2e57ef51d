import { STATUS_CODES } from 'node:http'
import { Readable } from 'node:stream'
import { SessionError } from '../core/errors.js'
import type { RequestOutcome } from '../core/options/options.js'
import type { KoaContext } from './context.js'
import type { KoaSession } from './koa-session.js'

/**
 * Stores the changes of a request before the response leaves. A session that was ended stays ended, even if changes are not
 * kept or `keepChanges` throws.
 */
export async function commit(ctx: KoaContext, session: KoaSession, outcome: RequestOutcome): Promise<void> {
  const { made } = session
  if (!made) return session.close()
  let isKept = false
  try {
    try {
      isKept = session.manager.options.keepChanges(outcome)
    } finally {
      const writing = made.commit(isKept)
      if (writing) await writing
    }
  } finally {
    session.close()
  }
  const retire = made.watch(goesOn(ctx))
  if (retire) retireAtEnd(ctx, retire)
}

/**
 * Commits a request that has failed with `error`. If the commit fails too, its error replaces one with a status below 500;
 * else the app's event `error` gets it, unless the request itself failed with a `SessionError`.
 */
export async function commitFailed(ctx: KoaContext, session: KoaSession, error: unknown): Promise<void> {
  const status = statusOf(error)
  try {
    await commit(ctx, session, { status, error })
  } catch (failure) {
    if (status < 500) throw failure
    if (!(error instanceof SessionError)) ctx.app.emit('error', failure, ctx)
  }
}

/** The status of Koa's answer to the error: 500 if it is no `Error`, whatever status it has. */
function statusOf(error: unknown): number {
  if (!isError(error)) return 500
  const { status, statusCode } = error as { status?: unknown; statusCode?: unknown }
  const given = status || statusCode
  return typeof given === 'number' && given in STATUS_CODES ? given : 500
}

/** Whether the value is an error by Koa's rule: errors of another realm, such as those of test runners, are too. */
function isError(thrown: unknown): boolean {
  return thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]'
}

/** Whether the response goes on after the middlewares have finished. */
function goesOn({ body, respond }: KoaContext): boolean {
  return respond === false || body instanceof Readable
}

/** Retires the session when the response is over. Error listeners may throw, but must not do so in the response's own event. */
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
