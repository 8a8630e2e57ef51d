import { expect } from 'chai'
import { SessionError, type SessionErrorCode } from 'koa-session-model'

/** Expects `act` to throw or to reject with a SessionError of this code, and gives it back. */
export async function expectError(code: SessionErrorCode, act: () => unknown): Promise<SessionError> {
  let error: unknown
  try {
    await act()
  } catch (thrown) {
    error = thrown
  }
  expect(error, `expected a SessionError ${code}`).to.be.instanceOf(SessionError)
  expect((error as SessionError).code).to.equal(code)
  return error as SessionError
}
