import { STATUS_CODES } from 'node:http'
import { Readable } from 'node:stream'
import { SessionError } from '../core/errors.js'
import type { RequestOutcome, ResolvedOptions } from '../core/options.js'
import { committed } from '../core/refusals.js'
import type { Session } from '../core/session.js'
import type { KoaContext } from './context.js'
import { keepFromCachesStill } from './headers.js'

/** Runs the rest of the request, and makes what it has changed in the session durable, before the response leaves. */
export async function commitAfter(
  ctx: KoaContext,
  session: Session,
  options: ResolvedOptions,
  next: () => Promise<unknown>,
): Promise<void> {
  try {
    await next()
  } catch (error) {
    await commitFailed(ctx, session, options, error)
    throw error
  }
  await commit(session, options, { status: ctx.status, error: undefined })
  keepFromCachesStill(ctx)
  if (goesOn(ctx)) ctx.res.once('close', () => reportLost(ctx, session))
}

/** What was ended stays ended, also where changes are not kept, or `keepChanges` throws. */
async function commit(session: Session, { keepChanges }: ResolvedOptions, outcome: RequestOutcome): Promise<void> {
  let isKept = false
  try {
    try {
      isKept = keepChanges(outcome)
    } finally {
      await session.commit({ keep: isKept })
    }
  } finally {
    session.close()
  }
}

/** A failure to commit is reported beside an error of the server, whose cause it hides from nobody. */
async function commitFailed(
  ctx: KoaContext,
  session: Session,
  options: ResolvedOptions,
  error: unknown,
): Promise<void> {
  const status = statusOf(error)
  try {
    await commit(session, options, { status, error })
  } catch (failure) {
    if (status < 500) throw failure
    if (!(error instanceof SessionError)) ctx.app.emit('error', failure, ctx)
  }
}

/** The status that Koa answers the error with. */
function statusOf(error: unknown): number {
  const { status, statusCode } = (error ?? {}) as { status?: unknown; statusCode?: unknown }
  const given = status || statusCode
  return typeof given === 'number' && given in STATUS_CODES ? given : 500
}

/** Whether the response is not complete yet when the middlewares are. */
function goesOn({ body, respond }: KoaContext): boolean {
  return respond === false || body instanceof Readable
}

/** Values that were read before the commit can still be changed. That would be lost without a word. */
function reportLost(ctx: KoaContext, session: Session): void {
  try {
    if (session.hasChanges) ctx.app.emit('error', committed(), ctx)
  } catch (error) {
    ctx.app.emit('error', error, ctx)
  }
}
