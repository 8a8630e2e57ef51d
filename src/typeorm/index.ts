export { TypeOrmSessionBackend } from './backend.js'
export { createSessionModel, registerSessionModel } from './register.js'
export type { EntityColumns, ExpiryCondition, SessionEntityClass } from './types.js'
