import { SessionError } from '../core/errors.js'
import { shown } from '../core/validation.js'
import { addMembers, type SessionModelMembers, type SessionRowMembers } from './members.js'
import { type AbstractConstructor, type Constructor, recordMetadata } from './metadata.js'

/** A class with the members of a session model. */
export type WithSessionMembers<Base extends AbstractConstructor> = Omit<Base, 'prototype'> &
  SessionModelMembers &
  Constructor<InstanceType<Base> & SessionRowMembers>

/**
 * The members of a session model as a typed superclass, on top of `Base` (default: no superclass). A class that
 * extends it is a session model with the default options; add `@SessionModel(…)` to give others.
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
