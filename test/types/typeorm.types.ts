import type { DataSource, FindOperator } from 'typeorm'
import { LessThan } from 'typeorm'
import { type Equal, expectType } from './expect.js'
import { models } from './models.js'

declare const dataSource: DataSource
const { entity, active, entityOnBase, mixedActive, createdEntity } = models()

const repository = dataSource.getRepository(entity)
await repository.findBy({ userId: 42 })
await repository.find({ where: entity.expired })
await repository.find({ where: { ...entity.active, userId: 42 } })
await repository.countBy(entity.active)
await repository.delete(entity.expired)
await repository.createQueryBuilder().delete().where(entity.expired).execute()
await repository.findBy({ expires: LessThan(new Date()) })
// @ts-expect-error: no such column
await repository.findBy({ user: 42 })
// @ts-expect-error: a wrong type
await repository.findBy({ userId: '42' })

// A row has the members of the model and those of a session.
const row = await repository.findOneByOrFail({ userId: 42 })
expectType<Equal<typeof row.userId, number | null>>(true)
expectType<Equal<typeof row.label, string | null>>(true)
expectType<Equal<typeof row.expired, boolean>>(true)
expectType<Equal<typeof row.active, boolean>>(true)
expectType<Equal<typeof row.id, string>>(true)
expectType<Equal<typeof row.expires, Date>>(true)
expectType<Equal<typeof row.version, number>>(true)
expectType<Equal<ReturnType<typeof row.isLoggedIn>, boolean>>(true)
// @ts-expect-error: no such member
row.nothing
// @ts-expect-error: expired is computed
row.expired = true

// The class has the model's own static members.
expectType<Equal<typeof entity.kind, string>>(true)
expectType<Equal<typeof entity.expired, { expires: FindOperator<Date> }>>(true)
// @ts-expect-error: the condition is computed
entity.expired = {}

// With BaseEntity the class finds by itself.
const own = await active.findOneBy({ userId: 42 })
if (own) {
  expectType<Equal<typeof own.userId, number | null>>(true)
  expectType<Equal<typeof own.expired, boolean>>(true)
}
await active.delete(active.expired)
await mixedActive.delete(mixedActive.expired)
const mixed = new mixedActive()
expectType<Equal<typeof mixed.isFresh, boolean>>(true)

// On a base class rows have the members of both.
const both = await dataSource.getRepository(entityOnBase).findOneByOrFail({ tenant: 'x', userId: 42 })
expectType<Equal<typeof both.tenant, string | null>>(true)
expectType<Equal<typeof both.expired, boolean>>(true)
expectType<Equal<ReturnType<typeof both.describe>, string>>(true)
expectType<Equal<ReturnType<typeof both.isLoggedIn>, boolean>>(true)

const created = await dataSource.getRepository(createdEntity).findOneByOrFail({ id: 'x' })
expectType<Equal<typeof created.data, string>>(true)
