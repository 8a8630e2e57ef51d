import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { SessionModel, type SessionModelOptions } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { after, beforeEach, describe, it } from 'mocha'
import { Column, type DataSource, type DataSourceOptions, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm'
import { databases, dataSourceOf, dropTables, pendingStatements, tableName } from './support/data-sources.js'
import { managerOf } from './support/manager.js'
import { generateMigration, useMigrations } from './support/migrations.js'
import { SnakeCase } from './support/snake-case.js'

const table = tableName('existing_rows')
const history = tableName('existing_history')

const opened: string[] = []
after(() => {
  for (const folder of opened) rmSync(folder, { recursive: true })
})

interface Kind {
  readonly options: SessionModelOptions
  /** Whether the old rows get no id, since they keep a key of their own. */
  readonly hasOwnKey: boolean
  /** Decorates the key, which the table has before and after. */
  readonly key: (prototype: object) => void
  readonly oldRow: (userId: number) => object
}

const renamed = { data: 'payload', expires: 'valid_until', createdAt: 'began_at', version: 'revision' }
const uuids = ['4ea54b5a-27e9-466e-82c7-32e8d7af56f9', '78b36ce5-884e-46f3-a25b-4213a0318048']

const kinds: Record<string, Kind> = {
  'an integer for its key': {
    options: { columns: { id: 'session_id' } },
    hasOwnKey: true,
    key: (prototype) => PrimaryGeneratedColumn({ name: 'id' })(prototype, 'key'),
    oldRow: (userId) => ({ userId }),
  },
  'a uuid for its key, and columns of other names': {
    options: { columns: { ...renamed, id: 'session_key' } },
    hasOwnKey: true,
    key: (prototype) => PrimaryGeneratedColumn('uuid', { name: 'id' })(prototype, 'key'),
    oldRow: (userId) => ({ userId }),
  },
  'a text that serves as the id': {
    options: {},
    hasOwnKey: false,
    key: (prototype) => PrimaryColumn({ type: 'varchar', length: 255 })(prototype, 'id'),
    oldRow: (userId) => ({ userId, id: uuids[userId - 1] }),
  },
}

for (const database of databases) {
  for (const namingStrategy of [undefined, new SnakeCase()]) {
    const names = namingStrategy ? ', snake case' : ''
    describe(`TypeORM: a table with rows (${database.name}${names})`, () => {
      after(() => dropTables(database, table, history))

      for (const [name, kind] of Object.entries(kinds)) {
        describe(`that has ${name}`, () => {
          let dataSource: DataSource
          let Sessions: ReturnType<typeof newModel>

          beforeEach(async () => {
            await dropTables(database, table, history)
            const entity = newEntity(kind)
            const folder = mkdtempSync(join(tmpdir(), 'existing-rows-'))
            opened.push(folder)
            const settings = {
              ...database.connection({ table: '', file: join(folder, 'test.db') }),
              ...(namingStrategy && { namingStrategy }),
            }
            const old = dataSourceOf({ ...settings, synchronize: true, entities: [entity] } as DataSourceOptions)
            await old.initialize()
            await old.getRepository(entity).insert([kind.oldRow(1), kind.oldRow(2)])
            await old.destroy()
            dataSource = dataSourceOf({ ...settings, migrationsTableName: history } as DataSourceOptions)
            Sessions = newModel(dataSource, kind)
            await dataSource.initialize()
          })

          it('becomes one of sessions by a generated migration, and back', async () => {
            useMigrations(dataSource, [await generateMigration(dataSource)])
            expect(await dataSource.runMigrations()).to.have.lengthOf(1)
            await checkSessions(dataSource, Sessions, kind)
            expect(await pendingStatements(dataSource)).to.deep.equal([])
            await dataSource.undoLastMigration()
            const left = await dataSource.createQueryRunner().getTable(table)
            expect(left?.columns.map((column) => column.name)).to.have.members(['id', nameOf(dataSource, 'userId')])
          })

          it('becomes one of sessions by synchronize()', async () => {
            await dataSource.synchronize()
            await checkSessions(dataSource, Sessions, kind)
            await dataSource.synchronize()
            expect(await pendingStatements(dataSource)).to.deep.equal([])
          })
        })
      }
    })
  }
}

function newEntity({ key }: Kind) {
  @Entity(table)
  class OldSession {
    @Column({ type: 'integer', nullable: true }) userId!: number | null
  }
  key(OldSession.prototype)
  return OldSession
}

function newModel(dataSource: DataSource, { key, options }: Kind) {
  @Entity(table)
  @SessionModel(options)
  class WebSession {
    @Column({ type: 'integer', nullable: true }) userId!: number | null
  }
  key(WebSession.prototype)
  return registerSessionModel(dataSource, WebSession)
}

function nameOf(dataSource: DataSource, property: string): string {
  return dataSource.namingStrategy.columnName(property, undefined as never, [])
}

/** Old rows are expired sessions without data, which nobody can use. */
async function checkSessions(dataSource: DataSource, Sessions: ReturnType<typeof newModel>, { hasOwnKey }: Kind) {
  const repository = dataSource.getRepository(Sessions)
  const old = await repository.find({ order: { userId: 'ASC' } })
  expect(old.map(({ userId }) => userId)).to.deep.equal([1, 2])
  for (const row of old) {
    expect(row).to.include({ expired: true, active: false, data: '', version: 1 })
    expect(row.expires.getTime()).to.equal(0)
    expect(row.createdAt.getTime()).to.equal(0)
    if (hasOwnKey) expect(row.id).to.equal(null)
  }
  const manager = managerOf(Sessions)
  const raw = managerOf(Sessions, { hashIds: false })
  for (const id of [...uuids, '1', 'null', '']) if (id) expect(await raw.get(id)).to.equal(undefined)
  expect(await manager.list({ userId: 1 })).to.deep.equal([])
  await manager.set('an id', { userId: 1, note: 1 })
  await manager.set('another id', { userId: 2 })
  expect(await manager.get('an id')).to.deep.equal({ userId: 1, note: 1 })
  expect(await manager.list({ userId: 1 })).to.have.lengthOf(1)
  expect(await repository.countBy(Sessions.expired)).to.equal(2)
  expect(await manager.deleteExpired(), 'rows without an id are the application’s').to.equal(hasOwnKey ? 0 : 2)
  await repository.delete(Sessions.expired)
  expect(await repository.count()).to.equal(2)
  const found = await dataSource.createQueryRunner().getTable(table)
  const expected = [dataSource.getMetadata(Sessions).findColumnWithPropertyName('expires')?.databaseName]
  const indexed = found?.indices.filter((index) => !index.isUnique).map(({ columnNames }) => columnNames)
  expect(indexed).to.deep.equal([expected])
}
