import { expect } from 'chai'
import { SessionModel, SessionModelMixin } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { type DataSource, PrimaryGeneratedColumn } from 'typeorm'
import { databases, dropTables, newDataSource, tableName } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

const table = tableName('litestar')

const definitions = {
  sqlite: `create table ${table} (id integer primary key autoincrement, session_id varchar(255) not null unique, data blob not null, expires datetime not null)`,
  postgres: `create table ${table} (id serial primary key, session_id varchar(255) not null unique, data bytea not null, expires timestamptz not null)`,
  mariadb: `create table ${table} (id int primary key auto_increment, session_id varchar(255) not null unique, data longblob not null, expires datetime not null)`,
} as const
const binaries = { sqlite: 'blob', postgres: 'bytea', mariadb: 'longblob' } as const
const dates = { sqlite: 'datetime', postgres: 'timestamptz', mariadb: 'datetime' } as const

function newAdopted(server: keyof typeof binaries) {
  @SessionModel({
    tableName: table,
    columns: {
      id: { name: 'session_id', length: 255 },
      data: { type: binaries[server] },
      expires: { type: dates[server] },
      createdAt: false,
      version: false,
    },
  })
  class LitestarSession extends SessionModelMixin() {
    @PrimaryGeneratedColumn({ name: 'id' }) key!: number
  }
  return LitestarSession
}

async function insertByHand(dataSource: DataSource, sessionId: string, json: string, year: number): Promise<void> {
  const bytes = Buffer.from(json).toString('hex')
  const data = dataSource.options.type === 'postgres' ? `'\\x${bytes}'` : `x'${bytes}'`
  const zone = dataSource.options.type === 'postgres' ? '+00' : ''
  await dataSource.query(
    `insert into ${table} (session_id, data, expires) values ('${sessionId}', ${data}, '${year}-06-01 12:00:00${zone}')`,
  )
}

for (const database of databases) {
  const server = database.server ?? 'sqlite'

  describe(`TypeORM: a table with a generated key, as Litestar has it (${database.name})`, () => {
    it('is adopted as it is, with rows that others wrote', async () => {
      await dropTables(database, table)
      const dataSource = newDataSource(database, { synchronize: false })
      const Sessions = registerSessionModel(dataSource, newAdopted(server))
      await dataSource.initialize()
      await dataSource.query(definitions[server])
      await insertByHand(dataSource, 'alive', '{"cart":[1]}', 2099)
      await insertByHand(dataSource, 'dead', '{}', 2001)
      const manager = managerOf(Sessions, { hashIds: false, rolling: false })
      expect(await manager.get('alive')).to.deep.equal({ cart: [1] })
      expect(await manager.get('dead')).to.equal(undefined)

      await manager.set('new', { cart: ['žluť'] })
      await manager.set('alive', { cart: [1, 2] })
      expect(await manager.get('new')).to.deep.equal({ cart: ['žluť'] })
      const rows = await dataSource.getRepository(Sessions).find({ order: { key: 'ASC' } })
      expect(rows.map((row) => [row.key, row.id])).to.deep.equal([
        [1, 'alive'],
        [2, 'dead'],
        [3, 'new'],
      ])
      expect(rows.map((row) => row.expired)).to.deep.equal([false, true, false])
      expect(await manager.list({ id: 'alive' })).to.have.lengthOf(1)
      expect(await manager.deleteExpired()).to.equal(1)
      await manager.delete('alive')
      expect(await dataSource.getRepository(Sessions).countBy(Sessions.active)).to.equal(1)
    })

    it('is created the same way by synchronize()', async () => {
      await dropTables(database, table)
      const dataSource = newDataSource(database)
      registerSessionModel(dataSource, newAdopted(server))
      await dataSource.initialize()
      const found = await dataSource.createQueryRunner().getTable(table)
      expect(found?.primaryColumns.map((column) => [column.name, column.isGenerated])).to.deep.equal([['id', true]])
      const index = found?.indices.find(({ columnNames }) => columnNames[0] === 'session_id')
      expect(index?.isUnique || found?.findColumnByName('session_id')?.isUnique).to.equal(true)
    })
  })
}
