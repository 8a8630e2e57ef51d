import type { Op } from 'sequelize'
import type { Model } from 'sequelize-typescript'
import type { RegisteredModel } from '../core/backend/session-backend.js'
import type { SessionModelMembers, SessionRowMembers } from '../model/members.js'
import type { AbstractConstructor, Constructor } from '../model/metadata.js'

/** A sequelize-typescript model class. */
export type ModelClass = Constructor<Model>

/** A sequelize-typescript model class to extend. It may be abstract, as `Model` itself is. */
export type BaseModelClass = AbstractConstructor<Model>

type MethodNames<T> = { [K in keyof T]: T[K] extends (...args: never[]) => unknown ? K : never }[keyof T]

/**
 * The custom columns of a model, which are the properties of its sessions: no members of `SessionModel` or `Model`, and no
 * methods.
 */
export type ModelColumns<Row> = Omit<Row, keyof SessionRowMembers | keyof Model | MethodNames<Row>>

/** The conditions `expired` and `active` of a class: a `where` of Sequelize. */
export type ExpiryCondition = { expires: { [Op.lte]: Date } | { [Op.gt]: Date } }

/** A mapped model, with the members of a session on its rows and on the class. */
export type SessionModelClass<M extends AbstractConstructor, Base extends AbstractConstructor = ModelClass> = Omit<
  Base & M,
  'prototype' | 'expired' | 'active'
> &
  SessionModelMembers<ExpiryCondition> &
  RegisteredModel<ModelColumns<InstanceType<M> & InstanceType<Base>>> &
  Constructor<InstanceType<M> & InstanceType<Base> & SessionRowMembers>
