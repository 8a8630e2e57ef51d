/**
 * Session models of sequelize-typescript.
 *
 * @module koa-session-model/sequelize
 */

export { SequelizeSessionBackend } from './backend.js'
export { createSessionModel, registerSessionModel } from './register.js'
export type { BaseModelClass, ExpiryCondition, ModelClass, ModelColumns, SessionModelClass } from './types.js'
