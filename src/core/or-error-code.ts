import { SessionError } from './errors.js'

/** What `read` gives, for a log: the code of the error where it cannot be read, since no log must fail for it. */
export function orErrorCode(read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    return error instanceof SessionError ? `[${error.code}]` : '[unreadable]'
  }
}
