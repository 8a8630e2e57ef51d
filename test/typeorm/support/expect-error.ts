import { expect } from 'chai'
import { SessionError, type SessionErrorCode } from 'koa-session-model'
import { getMetadataArgsStorage } from 'typeorm'

/** Expects a `SessionError` with this code, and that TypeORM's decorators have recorded nothing meanwhile. */
export function expectRefusal(code: SessionErrorCode, work: () => unknown): void {
  const before = recorded()
  expectError(code, work)
  expect(recorded()).to.deep.equal(before)
}

/** Expects a `SessionError` with this code, and gives it back. */
export function expectError(code: SessionErrorCode, work: () => unknown): SessionError {
  let error: unknown
  try {
    work()
  } catch (thrown) {
    error = thrown
  }
  expect(error).to.be.instanceOf(SessionError).with.property('code', code)
  return error as SessionError
}

/** Expects a rejection with a `SessionError` of this code, and gives it back. */
export async function expectRejection(code: SessionErrorCode, work: Promise<unknown>): Promise<SessionError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).to.be.instanceOf(SessionError).with.property('code', code)
  return error as SessionError
}

function recorded(): unknown[][] {
  return Object.values(getMetadataArgsStorage()).flatMap((list) => (Array.isArray(list) ? [[...list]] : []))
}
