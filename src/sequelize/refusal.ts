import { ValidationError, type ValidationErrorItem } from 'sequelize'
import { SessionError } from '../core/errors.js'

/** Runs a write. If a validator or a unique index of the model refuses it, throws `BACKEND_FAILED` with the reasons. */
export async function explainRefusal<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    throw error instanceof ValidationError && error.errors.length > 0 ? refused(error) : error
  }
}

function refused(cause: ValidationError): SessionError {
  const reasons = cause.errors.map((item) => (item.path ? `${item.path}: ${messageOf(item)}` : messageOf(item)))
  return new SessionError(
    'BACKEND_FAILED',
    `The model refused to store the session (${reasons.join('; ')}). ` +
      'Give its columns values that its validators and unique indexes allow.',
    { cause },
  )
}

/** The message of a validator without the value, which checks of types and validators of the application may quote. */
function messageOf({ message, value }: ValidationErrorItem): string {
  const text = message.replace(/^[\s\S]*(?= is not a valid [a-z])/, '(hidden)')
  const shown = typeof value === 'object' ? '' : String(value)
  return shown === ''
    ? text
    : text.split(shown).reduce((before, after) => before + hidden(before, shown, after) + after)
}

/** Hides the value, unless it is only a part of a word: a short value occurs everywhere. */
function hidden(before: string, shown: string, after: string): string {
  return /[\p{L}\p{N}]$/u.test(before) || /^[\p{L}\p{N}]/u.test(after) ? shown : '(hidden)'
}
