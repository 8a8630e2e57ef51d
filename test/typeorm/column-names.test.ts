import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { BaseEntity, Column, CreateDateColumn } from 'typeorm'
import { createTables, databases, newDataSource, pendingStatements, sqlite, tableName } from './support/data-sources.js'
import { expectRefusal, expectRejection } from './support/expect-error.js'
import { managerOf } from './support/manager.js'
import { SnakeCase } from './support/snake-case.js'

const table = tableName('column_names')
const namingStrategy = new SnakeCase()

/** A column that has the name of `createdAt` under the naming strategy, and another type. */
function newUnderscored() {
  @SessionModel({ tableName: table })
  class Underscored {
    @Column({ type: 'varchar', length: 20, nullable: true }) created_at!: string | null
  }
  return Underscored
}

function newNeighbours() {
  @SessionModel({ tableName: table })
  class Neighbours {
    @Column({ type: 'varchar', length: 20, nullable: true }) userId!: string | null
    @Column({ type: 'varchar', length: 20, nullable: true }) user_id!: string | null
  }
  return Neighbours
}

function newUpperCase() {
  @SessionModel({ tableName: table })
  class UpperCase {
    @Column({ type: 'varchar', length: 20, nullable: true, name: 'Data' }) label!: string | null
  }
  return UpperCase
}

describe('TypeORM: names of columns that a naming strategy makes', () => {
  it('are those that must differ', () => {
    const dataSource = newDataSource(sqlite, { namingStrategy })
    const [underscored, neighbours] = [newUnderscored(), newNeighbours()]
    expectRefusal('COLUMN_TYPE', () => registerSessionModel(dataSource, underscored))
    expectRefusal('COLUMN_DUPLICATE', () => registerSessionModel(dataSource, neighbours))
    registerSessionModel(newDataSource(), underscored)
    registerSessionModel(newDataSource(), neighbours)
  })

  it('are those by which a managed column is found', async () => {
    @SessionModel({ tableName: table, columns: { createdAt: 'created_at' } })
    class Served {
      @CreateDateColumn() createdAt!: Date
    }
    const dataSource = newDataSource(sqlite, { namingStrategy })
    const Sessions = registerSessionModel(dataSource, Served)
    await dataSource.initialize()
    await managerOf(Sessions).set('an id', { note: 1 })
    const [session] = await managerOf(Sessions).list({ id: (await row()).id })
    expect(session?.createdAt).to.deep.equal((await row()).createdAt)
    expect(await pendingStatements(dataSource)).to.deep.equal([])

    function row() {
      return dataSource.getRepository(Sessions).findOneByOrFail({})
    }
  })

  for (const Base of [BaseEntity, class Plain {}]) {
    it(`are compared when a data source takes a model on ${Base.name}`, async () => {
      for (const newModel of [newUnderscored, newNeighbours]) {
        const Sessions = registerSessionModel(Base, newModel())
        const dataSource = newDataSource(sqlite, { namingStrategy, entities: [Sessions] })
        await expectRejection('COLUMN_DUPLICATE', dataSource.initialize())
        expect(dataSource.isInitialized).to.equal(false)
      }
    })
  }
})

for (const database of databases) {
  describe(`TypeORM: names of columns that differ only in case (${database.name})`, () => {
    if (database.server === 'postgres') {
      it('are different columns', async () => {
        const dataSource = newDataSource(database)
        const Sessions = registerSessionModel(dataSource, newUpperCase())
        await createTables(dataSource, database)
        await managerOf(Sessions).set('an id', { label: 'mine', note: 1 })
        expect(await managerOf(Sessions).get('an id')).to.deep.equal({ label: 'mine', note: 1 })
      })
    } else {
      it('are one column, and refused', () => {
        const model = newUpperCase()
        expectRefusal('COLUMN_DUPLICATE', () => registerSessionModel(newDataSource(database), model))
        expectRefusal('COLUMN_DUPLICATE', () => registerSessionModel(BaseEntity, model))
      })
    }
  })
}
