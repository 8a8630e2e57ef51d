import { expect } from 'chai'
import { SessionManager, SessionModel } from 'koa-session-model'
import { registerSessionModel, TypeOrmSessionBackend } from 'koa-session-model/typeorm'
import { afterEach, describe, it } from 'mocha'
import { BaseEntity, Column } from 'typeorm'
import {
  createTables,
  databases,
  dropTables,
  newDataSource,
  pendingStatements,
  sqlite,
  tableName,
} from './support/data-sources.js'
import { expectError, expectRejection } from './support/expect-error.js'
import { managerOf } from './support/manager.js'

const table = tableName('on_base')

function newModel() {
  @SessionModel({ tableName: table })
  class BaseSession {
    @Column({ type: 'integer', nullable: true }) userId!: number | null
  }
  return BaseSession
}

for (const database of databases) {
  describe(`TypeORM: the data source of a model on a base class (${database.name})`, () => {
    afterEach(() => BaseEntity.useDataSource(null))

    it('is the one that useDataSource() gave the base', async () => {
      await dropTables(database, table)
      class OwnBase extends BaseEntity {}
      const dataSource = newDataSource(database)
      OwnBase.useDataSource(dataSource)
      const Sessions = registerSessionModel(OwnBase, newModel())
      await dataSource.initialize()
      await managerOf(Sessions).set('an id', { userId: 5 })
      expect(await Sessions.findOneByOrFail({ userId: 5 })).to.include({ userId: 5, active: true })
      expect(await pendingStatements(dataSource)).to.deep.equal([])
    })

    it('is the one of the base also where that is initialized already', async () => {
      await dropTables(database, table)
      const dataSource = await newDataSource(database).initialize()
      BaseEntity.useDataSource(dataSource)
      const Sessions = registerSessionModel(BaseEntity, newModel())
      await managerOf(Sessions).set('an id', { userId: 5 })
      expect(await Sessions.countBy(Sessions.active)).to.equal(1)
    })

    for (const Base of [BaseEntity, class Plain {}]) {
      it(`is the one that lists the model in entities, on ${Base.name}`, async () => {
        const Sessions = registerSessionModel(Base, newModel())
        await expectRejection('BACKEND_FAILED', managerOf(Sessions).get('an id'))
        const dataSource = newDataSource(database, { entities: [Sessions] })
        await createTables(dataSource, database)
        const manager = managerOf(Sessions)
        await manager.set('an id', { userId: 5, text: 'x'.repeat(100_000) })
        expect(await manager.get('an id'))
          .to.include({ userId: 5 })
          .with.property('text')
          .with.lengthOf(100_000)
        expect(await dataSource.getRepository(Sessions).countBy(Sessions.expired)).to.equal(0)
        expect(await pendingStatements(dataSource)).to.deep.equal([])
      })
    }

    it('gives `data` a type of 16 MiB and dates the type of the database', async () => {
      const Sessions = registerSessionModel(BaseEntity, newModel())
      const dataSource = newDataSource(database, { entities: [Sessions] })
      await createTables(dataSource, database)
      const [data, expires] = await columnTypes(dataSource.createQueryRunner().getTable(table), 'data', 'expires')
      if (database.server === 'mariadb') expect([data, expires]).to.deep.equal(['longtext', 'bigint'])
      else expect([data, expires]).to.deep.equal(['text', database.server ? 'timestamp with time zone' : 'datetime'])
    })

    it('is the one that a backend is given, where several data sources list the model', async () => {
      const Sessions = registerSessionModel(class Plain {}, newModel())
      const [one, other] = [
        newDataSource(database, { entities: [Sessions] }),
        newDataSource(sqlite, { entities: [Sessions] }),
      ]
      await createTables(one, database)
      await createTables(other, sqlite)
      const backends = [one, other].map((dataSource) => new TypeOrmSessionBackend(dataSource, Sessions))
      const [first, second] = backends.map((backend) => new SessionManager({ backend, cleanup: false }))
      await first?.set('an id', { note: 'first' })
      expect(await second?.get('an id')).to.equal(undefined)
      expect(await first?.get('an id')).to.deep.equal({ userId: null, note: 'first' })
    })

    it('is the one that a backend is given, whichever of several was initialized last', async () => {
      const Sessions = registerSessionModel(BaseEntity, newModel())
      for (const kind of databases) await createTables(newDataSource(kind, { entities: [Sessions] }), kind)
      const dataSource = newDataSource(database, { entities: [Sessions] })
      const backend = new TypeOrmSessionBackend<{ userId: number | null }>(dataSource, Sessions)
      await createTables(dataSource, database)
      for (const kind of databases) await newDataSource(kind, { entities: [Sessions] }).initialize()
      const manager = new SessionManager({ backend, cleanup: false })
      await manager.set('an id', { userId: 5 })
      await manager.set('an id', { userId: 6 })
      expect(await manager.get('an id')).to.deep.equal({ userId: 6 })
      expect(await manager.list({ userId: 6 })).to.have.lengthOf(1)
      expect(await manager.deleteExpired()).to.equal(0)
    })

    it('may be closed and initialized again', async () => {
      const Sessions = registerSessionModel(BaseEntity, newModel())
      const dataSource = newDataSource(database, { entities: [Sessions] })
      await createTables(dataSource, database)
      await dataSource.destroy()
      await createTables(dataSource, database)
      await managerOf(Sessions).set('an id', { userId: 5 })
      expect(await Sessions.countBy({ userId: 5 })).to.equal(1)
    })
  })
}

async function columnTypes(
  loading: Promise<{ findColumnByName(name: string): { type: string } | undefined } | undefined>,
  ...names: readonly string[]
): Promise<(string | undefined)[]> {
  const found = await loading
  return names.map((name) => found?.findColumnByName(name)?.type)
}

describe('TypeORM: a model on a base class', () => {
  it('stays in its data source when a class that extends it is given another', async () => {
    const Sessions = registerSessionModel(class OwnBase extends BaseEntity {}, newModel())
    await newDataSource(sqlite, { entities: [Sessions] }).initialize()
    class Extended extends Sessions {}
    Extended.useDataSource(newDataSource())
    await managerOf(Sessions).set('an id', { userId: 5 })
    expect(await Sessions.countBy({ userId: 5 })).to.equal(1)
  })

  it('refuses a second registry for a model that extends the base itself', () => {
    @SessionModel()
    class Visit extends BaseEntity {}
    registerSessionModel(BaseEntity, Visit)
    expectError('MODEL_REGISTERED_ELSEWHERE', () => registerSessionModel(newDataSource(), Visit))
  })
})
