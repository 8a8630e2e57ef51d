import { type RegisteredModel, sessionBackend } from '../backend/session-backend.js'
import { SessionError } from '../errors.js'
import { invalidOption, shown } from '../validation.js'
import * as kinds from './kinds.js'

/** The calls that take options. */
export type OptionsCall = 'session' | 'new SessionManager'

/** Throws `OPTION_INVALID` if something other than options was passed. The message says what to write. */
export function assertShape(call: OptionsCall, options: unknown, second?: unknown): void {
  const isOfKoaSession = kinds.kindOf(second) === kinds.koaApp
  const kind = isOfKoaSession ? kinds.koaApp : kinds.kindOf(options)
  if (kind === undefined || isOtherInstance(kind, options)) return
  const got = kind === 'nothing' ? 'got none' : `got ${kind}`
  throw new SessionError(
    'OPTION_INVALID',
    `${call}() takes options, and ${got}. Write ${adviceFor(call, kind, options)}.`,
  )
}

/** Whether the options are an instance of a class of the application, such as one that reads a configuration. */
function isOtherInstance(kind: string, options: unknown): boolean {
  return kind.startsWith('an instance of') && kind !== kinds.sequelize && !isInstanceOfModel(options)
}

function adviceFor(call: OptionsCall, kind: string, options: unknown): string {
  const given = `${call}({ model: Sessions })`
  if (typeof options === 'function' && kind !== 'a function') {
    const name = options.name || 'WebSession'
    if (isRegisteredModel(options)) return `${call}({ model: ${name} })`
    return `${call}({ model: registerSessionModel(registry, ${name}) }), where registry is your DataSource or Sequelize`
  }
  const where = 'where Sessions is what registerSessionModel returned'
  if (kind === kinds.koaApp) return `app.use(session({ model: Sessions })), ${where}`
  if (kind === kinds.koaContext) return `app.use(session({ model: Sessions })) instead of app.use(session), ${where}`
  if (kind === kinds.promise) return `${call}(await options)`
  if (kind === kinds.dataSource) return `${call}({ model: registerSessionModel(dataSource, WebSession) })`
  if (kind === kinds.sequelize) return `${call}({ model: registerSessionModel(sequelize, WebSession) })`
  if (kind === kinds.backend) return `${call}({ backend })`
  if (kind === kinds.manager && call === 'session') {
    return 'session(manager) with a manager of this copy of koa-session-model: that one comes from another copy'
  }
  if (kind === kinds.manager) return 'session(manager), which takes a manager as it is'
  return `${given}, ${where}`
}

/** Whether the value is a model that `registerSessionModel` returned. */
export function isRegisteredModel<Columns extends object>(model: unknown): model is RegisteredModel<Columns> {
  return typeof model === 'function' && Object.hasOwn(model, sessionBackend)
}

function isInstanceOfModel(value: unknown): boolean {
  return typeof value === 'object' && isRegisteredModel(value?.constructor)
}

/** The error for a value of the option `model` that is not a registered model. */
export function notRegistered(model: unknown): SessionError {
  const kind = kinds.kindOf(model) ?? 'an object'
  return new SessionError('MODEL_NOT_REGISTERED', `The option model is ${kind}${adviceForModel(kind, model)}.`)
}

function adviceForModel(kind: string, model: unknown): string {
  if (kinds.isRegistry(model))
    return ', and no model. Give what registerSessionModel returns, to which you pass it with a class'
  if (kind === kinds.promise) return '. Await it, and give what it resolves to'
  if (isInstanceOfModel(model)) return '. Give the class itself, and no instance'
  return ', which is not a registered session model. Pass the class to registerSessionModel first, and give what that returns'
}

/** The error for a value of the option `backend` that is not a backend. */
export function noBackend(backend: unknown): SessionError {
  const takes = 'a SessionBackend, with all its methods and capabilities'
  if (isRegisteredModel(backend)) return invalidOption('backend', 'a model', 'it as the option model')
  return invalidOption('backend', kinds.kindOf(backend) ?? shown(backend), takes)
}

/** The error for options with neither `model` nor `backend`. */
export function noPlace(options: object): SessionError {
  const takes = 'the model that registerSessionModel returned, or a backend: { model: Sessions }'
  if (!('model' in options)) return invalidOption('model', 'missing', takes)
  const circle = 'If it is imported, its file and this one may import each other in a circle'
  return invalidOption('model', shown(options.model), `${takes}. ${circle}`)
}
