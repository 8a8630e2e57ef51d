import type {
  CleanupTrace,
  CommitTrace,
  LoadTrace,
  SessionEvents,
  SessionMessage,
  SessionTrace,
  SessionTraces,
} from 'koa-session-model'
import { MemorySessionBackend, SessionManager } from 'koa-session-model'
import { type Equal, expectType } from './expect.js'

declare const destroyed: SessionMessage<'destroyed'>
expectType<Equal<typeof destroyed.reason, 'logout' | 'revoked' | 'limit'>>(true)
expectType<Equal<typeof destroyed.session, string | null>>(true)
expectType<Equal<typeof destroyed.key, string>>(true)
const event: SessionEvents['destroyed'] = destroyed
expectType<Equal<typeof event.count, number>>(true)
declare const rejected: SessionMessage<'rejected'>
expectType<Equal<typeof rejected.reason, 'malformed' | 'unknown' | 'replaced'>>(true)
// @ts-expect-error: no such event
export type Wrong = SessionMessage<'ended'>
// @ts-expect-error: no such member
destroyed.id
// @ts-expect-error: a message is not changed
destroyed.key = 'sid'

expectType<Equal<SessionTraces['load'], LoadTrace>>(true)
expectType<Equal<SessionTraces['commit'], CommitTrace>>(true)
expectType<Equal<SessionTraces['cleanup'], CleanupTrace>>(true)
expectType<Equal<LoadTrace['found'], boolean | undefined>>(true)
expectType<Equal<CommitTrace['outcome'], 'written' | 'destroyed' | 'gone' | undefined>>(true)
expectType<Equal<CleanupTrace['removed'], number | undefined>>(true)
declare const trace: CleanupTrace
const base: SessionTrace = trace
expectType<Equal<typeof base.error, unknown>>(true)
// @ts-expect-error: the clean-up is about no session
trace.session

const manager = new SessionManager({ backend: new MemorySessionBackend() })
manager.on('authenticated', ({ session }) => expectType<Equal<typeof session, string | null>>(true))
// @ts-expect-error: listeners know their manager
manager.on('created', ({ key }) => key)
