export { TypeOrmSessionBackend } from './backend.js'
export { createSessionModel } from './create.js'
export { registerSessionModel } from './register.js'
export type { EntityColumns, ExpiryCondition, SessionEntityClass } from './types.js'
