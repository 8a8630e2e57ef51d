import type { SessionBackend } from '../backend/session-backend.js'
import { check, invalidOption, oneOf } from '../validation.js'
import { isSessionCount } from './option-checks.js'
import { assertKnown } from './unknown-options.js'

/** The most living sessions that may have one value in a column, such as one user in `userId`. */
export interface SessionLimit<Columns extends object = object> {
  /** The name of the column. Sessions with NULL in it are not limited. */
  readonly by: keyof NoInfer<Columns> & string
  /** The most sessions with one value: 1 to 10000. */
  readonly max: number
  /**
   * The reaction to one session too many. `'revoke-oldest'`: the sessions that logged in first are ended.
   * `'refuse'`: the new session is not stored, and its request fails with `SESSION_LIMIT`.
   *
   * @default 'revoke-oldest'
   */
  readonly onExceed?: 'revoke-oldest' | 'refuse'
}

/** The option `limit`, complete, checked and frozen. */
export type ResolvedLimit = Readonly<Required<SessionLimit<Record<string, unknown>>>>

/** Checks and completes the option `limit`; `null` if it is not given. */
export function resolveLimit(limit: SessionLimit<never> | undefined, backend: SessionBackend): ResolvedLimit | null {
  if (limit === undefined) return null
  assertKnown('limit', limit, ['by', 'max', 'onExceed'])
  const { max, onExceed = 'revoke-oldest' } = limit
  const by: string = limit.by
  const columns = backend.columns.map(({ name }) => name)
  if (!columns.includes(by)) {
    throw invalidOption(
      'limit.by',
      JSON.stringify(by) ?? String(by),
      `a column of the model: ${columns.join(', ') || 'it has none'}`,
    )
  }
  if (!backend.capabilities.versions)
    throw invalidOption('limit', 'set', 'a model with the column version, or leave the option out')
  return Object.freeze({
    by,
    max: check('limit.max', max, isSessionCount, 'a whole number from 1 to 10000'),
    onExceed: check('limit.onExceed', onExceed, oneOf('revoke-oldest', 'refuse'), "'revoke-oldest' or 'refuse'"),
  })
}
