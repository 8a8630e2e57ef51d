/**
 * Session models of TypeORM.
 *
 * @module koa-session-model/typeorm
 */

export { TypeOrmSessionBackend } from './backend.js'
export { createSessionModel, registerSessionModel } from './register.js'
export type { EntityColumns, ExpiryCondition, SessionEntityClass } from './types.js'
