export { SequelizeSessionBackend } from './backend.js'
export { createSessionModel } from './create.js'
export { registerSessionModel } from './register.js'
export type { BaseModelClass, ExpiryCondition, ModelClass, ModelColumns, SessionModelClass } from './types.js'
