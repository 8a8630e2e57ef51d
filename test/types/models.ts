import { SessionModel, SessionModelMixin } from 'koa-session-model'
import * as sequelize from 'koa-session-model/sequelize'
import * as typeorm from 'koa-session-model/typeorm'
import { Column as Attribute, DataType, Model, type Sequelize } from 'sequelize-typescript'
import { BaseEntity, Column, type DataSource } from 'typeorm'

declare const dataSource: DataSource
declare const database: Sequelize

@SessionModel()
class PlainEntity {
  @Column({ type: 'integer', nullable: true }) userId!: number | null
  @Column({ type: 'varchar', nullable: true }) label!: string | null
  static readonly kind: string = 'plain'
  isLoggedIn(): boolean {
    return this.userId !== null
  }
}

@SessionModel()
class ActiveEntity extends BaseEntity {
  @Column({ type: 'integer', nullable: true }) userId!: number | null
}

class MixedEntity extends SessionModelMixin() {
  @Column({ type: 'integer', nullable: true }) userId!: number | null
}

class MixedActiveEntity extends SessionModelMixin(BaseEntity) {
  @Column({ type: 'integer', nullable: true }) userId!: number | null
  get isFresh(): boolean {
    return this.active && this.expires > this.createdAt
  }
}

class EntityBase {
  @Column({ type: 'varchar', nullable: true }) tenant!: string | null
  describe(): string {
    return `${this.tenant}`
  }
}

@SessionModel()
class PlainModel extends Model {
  @Attribute(DataType.INTEGER) declare userId: number | null
  @Attribute(DataType.STRING) declare label: string | null
  isLoggedIn(): boolean {
    return this.userId !== null
  }
}

class MixedModel extends SessionModelMixin(Model) {
  @Attribute(DataType.INTEGER) declare userId: number | null
}

class ModelBase extends Model {
  @Attribute(DataType.STRING) declare tenant: string | null
  describe(): string {
    return `${this.tenant}`
  }
}

/** Registered models of every kind; never run. */
export function models() {
  return {
    entity: typeorm.registerSessionModel(dataSource, PlainEntity),
    active: typeorm.registerSessionModel(dataSource, ActiveEntity),
    mixedEntity: typeorm.registerSessionModel(dataSource, MixedEntity),
    mixedActive: typeorm.registerSessionModel(dataSource, MixedActiveEntity),
    entityOnBase: typeorm.registerSessionModel(EntityBase, PlainEntity),
    entityOnActive: typeorm.registerSessionModel(BaseEntity, PlainEntity),
    createdEntity: typeorm.createSessionModel(dataSource),
    createdOnEntityBase: typeorm.createSessionModel(EntityBase, 'sessions'),
    model: sequelize.registerSessionModel(database, PlainModel),
    mixedModel: sequelize.registerSessionModel(database, MixedModel),
    modelOnBase: sequelize.registerSessionModel(ModelBase, PlainModel),
    createdModel: sequelize.createSessionModel(database, 'sessions'),
    createdOnModelBase: sequelize.createSessionModel(ModelBase),
  }
}

/** The types of the registered models. */
export type Models = ReturnType<typeof models>
