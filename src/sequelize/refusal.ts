import { ValidationError } from 'sequelize'
import { SessionError } from '../core/errors.js'

/** Runs a write. What a validator or a unique index of the model has against it is said in the error's message. */
export async function explainRefusal<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    throw error instanceof ValidationError ? refused(error) : error
  }
}

function refused(cause: ValidationError): SessionError {
  const reasons = cause.errors.map(({ path, message }) => (path ? `${path}: ${message}` : message))
  return new SessionError(
    'BACKEND_FAILED',
    `The model refused to store the session (${reasons.join('; ') || cause.message}). ` +
      'Give its columns values that its validators and unique indexes allow.',
    { cause },
  )
}
