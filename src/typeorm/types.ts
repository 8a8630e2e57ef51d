import type { BaseEntity, FindOperator } from 'typeorm'
import type { RegisteredModel } from '../core/backend.js'
import type { SessionModelMembers, SessionRowMembers } from '../model/members.js'
import type { Constructor } from '../model/metadata.js'

type MethodNames<T> = { [K in keyof T]: T[K] extends (...args: never[]) => unknown ? K : never }[keyof T]

/** The session properties that an entity's columns are. */
export type EntityColumns<Row> = Omit<Row, keyof SessionRowMembers | keyof BaseEntity | MethodNames<Row>>

/** The condition that `expired` and `active` are on the class: a where of TypeORM's find, delete and query builders. */
export interface ExpiryCondition {
  expires: FindOperator<Date>
}

/** A mapped entity: the model, with the members of a session on its rows and on the class. */
export type SessionEntityClass<Model extends Constructor, Base extends Constructor = Constructor> = Omit<
  Base & Model,
  'prototype' | 'expired' | 'active'
> &
  SessionModelMembers<ExpiryCondition> &
  RegisteredModel<EntityColumns<InstanceType<Model> & InstanceType<Base>>> &
  Constructor<InstanceType<Model> & InstanceType<Base> & SessionRowMembers>
