import { SessionError } from '../core/errors.js'
import { shown } from '../core/validation.js'
import { addMembers, type SessionModelMembers, type SessionRowMembers } from './members.js'
import { type AbstractConstructor, type Constructor, recordMetadata, type SessionModelOptions } from './metadata.js'

/**
 * Makes a class a session model: a TypeORM entity or a sequelize-typescript model with the columns `id`, `data`, `expires`,
 * `createdAt` and `version`, and the helpers `expired` and `active`. The decorator only records; the columns are mapped by
 * `registerSessionModel`, which knows your ORM and database. Subclasses inherit the record, and may be decorated
 * themselves.
 *
 * @param options The name of the table, names and types of the managed columns. Default: none is changed.
 * @throws `OPTION_UNKNOWN` or `OPTION_INVALID` for unknown or contradictory options, and for `@SessionModel` without
 * parentheses.
 * @see docs/models.md
 *
 * @example
 * ```ts
 * import { SessionModel } from 'koa-session-model'
 * import { Column } from 'typeorm'
 *
 * @SessionModel({ tableName: 'web_sessions', columns: { id: 'sid' } })
 * export class WebSession {
 *   @Column({ type: 'integer', nullable: true }) userId!: number | null
 * }
 * ```
 */
export function SessionModel(options: SessionModelOptions = {}): (model: AbstractConstructor) => void {
  assertOptions(options)
  return (model) => {
    recordMetadata(model, options)
    addMembers(model)
  }
}

/** Throws `OPTION_INVALID` for `@SessionModel` without parentheses, which gets the class, and for `@SessionModel('sessions')`. */
function assertOptions(options: unknown): void {
  if (typeof options === 'function') {
    const above = `@SessionModel stands above the class ${options.name} without parentheses`
    throw new SessionError('OPTION_INVALID', `${above}, so it would decorate nothing. Write @SessionModel().`)
  }
  if (typeof options === 'string') {
    const table = shown(options)
    const write = `@SessionModel({ tableName: ${table} })`
    throw new SessionError(
      'OPTION_INVALID',
      `@SessionModel() takes options, and got the text ${table}. Write ${write}.`,
    )
  }
}

/** A class with the members of a session model, on its rows and on itself. */
export type WithSessionMembers<Base extends AbstractConstructor> = Omit<Base, 'prototype'> &
  SessionModelMembers &
  Constructor<InstanceType<Base> & SessionRowMembers>

/**
 * Returns a superclass that types the members of a session model, on top of `Base`. A class that extends it is a session
 * model with the default options; add `@SessionModel(…)` to give others.
 *
 * @param base The superclass that it extends. Default: none.
 * @throws `MODEL_CLASS` if `base` is no class, such as the options of `@SessionModel()`.
 *
 * @example
 * ```ts
 * import { SessionModel, SessionModelMixin } from 'koa-session-model'
 * import { BaseEntity, Column } from 'typeorm'
 *
 * @SessionModel({ tableName: 'web_sessions' })
 * export class WebSession extends SessionModelMixin(BaseEntity) {
 *   @Column({ type: 'integer', nullable: true }) userId!: number | null
 *
 *   get minutesLeft(): number {
 *     return this.expired ? 0 : Math.floor((this.expires.getTime() - Date.now()) / 60_000)
 *   }
 * }
 * ```
 */
export function SessionModelMixin(): WithSessionMembers<Constructor>
export function SessionModelMixin<Base extends AbstractConstructor>(base: Base): WithSessionMembers<Base>
export function SessionModelMixin(base: AbstractConstructor = Object): unknown {
  if (typeof base !== 'function') {
    const write = '@SessionModel({ … }) above the class, or a superclass here, such as SessionModelMixin(BaseEntity)'
    throw new SessionError(
      'MODEL_CLASS',
      `SessionModelMixin() takes a superclass, and got ${shown(base)}. Write ${write}.`,
    )
  }
  abstract class SessionModelBase extends base {}
  recordMetadata(SessionModelBase, {})
  addMembers(SessionModelBase)
  return SessionModelBase
}
