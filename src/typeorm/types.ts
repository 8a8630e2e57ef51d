import type { BaseEntity, FindOperator } from 'typeorm'
import type { RegisteredModel } from '../core/backend/session-backend.js'
import type { SessionModelMembers, SessionRowMembers } from '../model/members.js'
import type { AbstractConstructor, Constructor } from '../model/metadata.js'

type MethodNames<T> = { [K in keyof T]: T[K] extends (...args: never[]) => unknown ? K : never }[keyof T]

/**
 * The custom columns of an entity, which are the properties of its sessions: no members of `SessionModel` or `BaseEntity`,
 * and no methods.
 */
export type EntityColumns<Row> = Omit<Row, keyof SessionRowMembers | keyof BaseEntity | MethodNames<Row>>

/** The conditions `expired` and `active` of a class, as the `where` of TypeORM's find, delete and query builders takes them. */
export interface ExpiryCondition {
  expires: FindOperator<Date>
}

/**
 * A mapped entity: the model, with the members of a session on its rows and on the class. The type of the rows stands
 * twice: `new` uses the first constructor of an intersection, TypeORM's functions and `InstanceType` the last one.
 */
export type SessionEntityClass<Model extends Constructor, Base extends AbstractConstructor = Constructor> = Constructor<
  SessionEntity<Model, Base>
> &
  SessionModelMembers<ExpiryCondition> &
  RegisteredModel<EntityColumns<InstanceType<Model> & InstanceType<Base>>> &
  Statics<Base> &
  Statics<Model> &
  (new () => SessionEntity<Model, Base>)

type SessionEntity<Model extends Constructor, Base extends AbstractConstructor> = InstanceType<Model> &
  InstanceType<Base> &
  SessionRowMembers

/**
 * The static members of a class, without an abstract constructor, which would make the result abstract. Static methods of
 * `BaseEntity` need its private members, which types that are computed from a class lose.
 */
type Statics<Class extends AbstractConstructor> = (Class extends Constructor ? Class : Omit<Class, 'prototype'>) &
  (Class extends Pick<typeof BaseEntity, 'useDataSource'> ? typeof BaseEntity : unknown)
