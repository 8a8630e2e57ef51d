export { SequelizeSessionBackend } from './backend.js'
export { createSessionModel, registerSessionModel } from './register.js'
export type { BaseModelClass, ExpiryCondition, ModelClass, ModelColumns, SessionModelClass } from './types.js'
