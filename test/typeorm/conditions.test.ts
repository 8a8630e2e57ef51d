import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { Column, type DataSource, Not, type Repository } from 'typeorm'
import { createTables, databases, newDataSource, tableName } from './support/data-sources.js'

const noon = Date.UTC(2030, 6, 1, 12)
let clock = noon

function newSessions(dataSource: DataSource, type: unknown) {
  @SessionModel({
    tableName: tableName('conditions'),
    columns: { expires: { name: 'valid_until', type } },
    now: () => clock,
  })
  class ConditionSession {
    @Column({ type: 'integer', nullable: true }) userId!: number | null
  }
  return registerSessionModel(dataSource, ConditionSession)
}
type Sessions = ReturnType<typeof newSessions>
type Row = InstanceType<Sessions>

/** Two rows are expired at noon, one of them since this very moment, and two are not. */
async function addRows(repository: Repository<Row>): Promise<void> {
  const offsets = { old: -3_600_000, 'just-expired': 0, 'nearly-expired': 1000, fresh: 3_600_000 }
  for (const [id, offset] of Object.entries(offsets)) {
    const userId = id === 'old' || id === 'fresh' ? 1 : 2
    const row = { id, userId, data: '{}', expires: new Date(noon + offset), createdAt: new Date(noon), version: 1 }
    await repository.save(repository.create(row))
  }
}

const ids = (rows: readonly Row[]): string[] => rows.map((row) => row.id).sort()
const expiredIds = ['just-expired', 'old']
const activeIds = ['fresh', 'nearly-expired']

for (const database of databases) {
  for (const type of [undefined, 'bigint']) {
    describe(`TypeORM: expired and active with ${type ?? 'default'} dates (${database.name})`, () => {
      let Sessions: Sessions
      let repository: Repository<Row>

      beforeEach(async () => {
        clock = noon
        const dataSource = newDataSource(database)
        Sessions = newSessions(dataSource, type)
        await createTables(dataSource, database)
        repository = dataSource.getRepository(Sessions)
        await addRows(repository)
      })
      afterEach(() => {
        clock = noon
      })

      it('find, findBy and count by the class', async () => {
        expect(ids(await repository.find({ where: Sessions.expired }))).to.deep.equal(expiredIds)
        expect(ids(await repository.findBy(Sessions.active))).to.deep.equal(activeIds)
        expect(await repository.countBy(Sessions.expired)).to.equal(2)
        expect(await repository.exists({ where: Sessions.active })).to.equal(true)
      })

      it('are booleans on the row', async () => {
        const rows = await repository.find()
        expect(ids(rows.filter((row) => row.expired))).to.deep.equal(expiredIds)
        expect(ids(rows.filter((row) => row.active))).to.deep.equal(activeIds)
      })

      it('go with other conditions', async () => {
        expect(ids(await repository.findBy({ userId: 1, ...Sessions.active }))).to.deep.equal(['fresh'])
        const either = [
          { ...Sessions.expired, userId: 2 },
          { ...Sessions.active, userId: 1 },
        ]
        expect(ids(await repository.findBy(either))).to.deep.equal(['fresh', 'just-expired'])
        expect(ids(await repository.findBy({ expires: Not(Sessions.expired.expires) }))).to.deep.equal(activeIds)
      })

      it('may be used twice, and are fresh each time', async () => {
        const condition = Sessions.expired
        expect(await repository.countBy(condition)).to.equal(2)
        clock += 1000
        expect(await repository.countBy(condition)).to.equal(2)
        expect(await repository.countBy(Sessions.expired)).to.equal(3)
        expect(await repository.countBy([condition, Sessions.expired])).to.equal(3)
        expect(await repository.countBy([Sessions.expired, condition])).to.equal(3)
      })

      it('delete and update', async () => {
        expect(await repository.update(Sessions.active, { userId: 9 })).to.include({ affected: 2 })
        expect(ids(await repository.findBy({ userId: 9 }))).to.deep.equal(activeIds)
        expect(await repository.delete(Sessions.expired)).to.include({ affected: 2 })
        expect(ids(await repository.find())).to.deep.equal(activeIds)
      })

      it('select in a query builder with an alias', async () => {
        const all = () => repository.createQueryBuilder('s')
        expect(ids(await all().where(Sessions.expired).getMany())).to.deep.equal(expiredIds)
        const query = all().where('s.userId = :userId', { userId: 1 }).andWhere(Sessions.active)
        expect(ids(await query.getMany())).to.deep.equal(['fresh'])
        expect(await all().where(Sessions.expired).orWhere(Sessions.active).getCount()).to.equal(4)
      })

      it('delete and update in a query builder', async () => {
        const update = repository.createQueryBuilder().update().set({ userId: 8 })
        expect(await update.where(Sessions.expired).execute()).to.include({ affected: 2 })
        expect(await repository.createQueryBuilder().delete().where(Sessions.expired).execute()).to.include({
          affected: 2,
        })
        expect(ids(await repository.find())).to.deep.equal(activeIds)
      })
    })
  }
}
