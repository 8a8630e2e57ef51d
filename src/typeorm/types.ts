import type { BaseEntity, FindOperator } from 'typeorm'
import type { RegisteredModel } from '../core/backend/session-backend.js'
import type { SessionModelMembers, SessionRowMembers } from '../model/members.js'
import type { AbstractConstructor, Constructor } from '../model/metadata.js'

type MethodNames<T> = { [K in keyof T]: T[K] extends (...args: never[]) => unknown ? K : never }[keyof T]

/** The session properties that an entity's columns are. */
export type EntityColumns<Row> = Omit<Row, keyof SessionRowMembers | keyof BaseEntity | MethodNames<Row>>

/** The condition that `expired` and `active` are on the class: a where of TypeORM's find, delete and query builders. */
export interface ExpiryCondition {
  expires: FindOperator<Date>
}

/**
 * A mapped entity: the model, with the members of a session on its rows and on the class. `new` takes the first
 * constructor of an intersection, and TypeORM's functions and `InstanceType` the last, so the rows are named twice.
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
 * A class without an abstract constructor, which would make the result abstract. TypeORM asks for the private members
 * of `BaseEntity` where static methods are called, and types that are computed from a class have lost them.
 */
type Statics<Class extends AbstractConstructor> = (Class extends Constructor ? Class : Omit<Class, 'prototype'>) &
  (Class extends Pick<typeof BaseEntity, 'useDataSource'> ? typeof BaseEntity : unknown)
