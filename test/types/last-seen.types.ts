import Koa from 'koa'
import {
  type ColumnsOf,
  MemorySessionBackend,
  SessionManager,
  SessionModel,
  SessionModelMixin,
  session,
} from 'koa-session-model'
import * as sequelize from 'koa-session-model/sequelize'
import * as typeorm from 'koa-session-model/typeorm'
import { Op } from 'sequelize'
import { Column as Attribute, DataType, Model, type Sequelize } from 'sequelize-typescript'
import { Column, type DataSource, MoreThan } from 'typeorm'
import { type Equal, expectType } from './expect.js'

declare const dataSource: DataSource
declare const database: Sequelize

@SessionModel()
class DeclaredEntity {
  @Column({ type: 'integer', nullable: true }) userId!: number | null
  @Column({ type: 'datetime', nullable: true }) lastSeenAt!: Date | null
}

@SessionModel({ columns: { lastSeenAt: true } })
class AddedEntity {
  @Column({ type: 'integer', nullable: true }) userId!: number | null
}

class MixedEntity extends SessionModelMixin() {}

@SessionModel({ columns: { lastSeenAt: { name: 'last_seen', unit: 'seconds' } } })
class AddedModel extends Model {
  @Attribute(DataType.INTEGER) declare userId: number | null
}

const declared = typeorm.registerSessionModel(dataSource, DeclaredEntity)
const added = typeorm.registerSessionModel(dataSource, AddedEntity)
const model = sequelize.registerSessionModel(database, AddedModel)

// It is no property of a session, whether the model declares it or not.
expectType<Equal<ColumnsOf<typeof declared>, { userId: number | null }>>(true)
expectType<Equal<ColumnsOf<typeof added>, { userId: number | null }>>(true)
new Koa().use(session({ model: declared, lastSeen: { every: '5m' } })).use((ctx) => {
  expectType<Equal<typeof ctx.session.lastSeenAt, Date | null>>(true)
  // @ts-expect-error: sessions write it
  ctx.session.lastSeenAt = new Date()
})

// Queries of the application find it.
await dataSource.getRepository(declared).countBy({ lastSeenAt: MoreThan(new Date()), ...declared.active })
await dataSource.getRepository(added).countBy({ lastSeenAt: MoreThan(new Date()), ...added.active })
await model.count({ where: { lastSeenAt: { [Op.gt]: new Date() }, ...model.active } })
const row = await dataSource.getRepository(added).findOneByOrFail({ userId: 1 })
expectType<Equal<typeof row.lastSeenAt, Date | null | undefined>>(true)
expectType<Equal<MixedEntity['lastSeenAt'], Date | null | undefined>>(true)

const manager = new SessionManager({ model: added, lastSeen: { every: 0 } })
const [listed] = await manager.list({ userId: 1 })
expectType<Equal<NonNullable<typeof listed>['lastSeenAt'], Date | null>>(true)
// @ts-expect-error: a condition names columns of the model only
await manager.list({ lastSeenAt: new Date() })

new MemorySessionBackend({ userId: null as number | null }, { lastSeenAt: true })
// @ts-expect-error: no such option
new MemorySessionBackend({}, { lastSeen: true })

// @ts-expect-error: no time
session({ model: added, lastSeen: { every: true } })
// @ts-expect-error: no such option
session({ model: added, lastSeen: { each: '1m' } })
SessionModel({ columns: { lastSeenAt: false } })
// @ts-expect-error: only lastSeenAt is added on demand
SessionModel({ columns: { createdAt: true } })
