import { expect } from 'chai'
import { sessionBackend } from 'koa-session-model'
import { createSessionModel } from 'koa-session-model/typeorm'
import { DataSource, type DataSourceOptions } from 'typeorm'
import { typeormVersion } from '../../support/typeorm-rows.js'
import { rowOf } from './support/rows.js'
import { type OpenSqlite, testOneConnection, testSqlite } from './support/sqlite.js'

const type = typeormVersion === '1' ? 'better-sqlite3' : 'sqlite'

async function open(database: string): Promise<OpenSqlite> {
  const options = { type, database, timeout: 10, enableWAL: database !== ':memory:' } as DataSourceOptions
  const dataSource = new DataSource({ ...options, synchronize: true })
  const model = createSessionModel(dataSource, 'failing')
  await dataSource.initialize()
  return {
    backend: model[sessionBackend](),
    begin: async () => {
      const runner = dataSource.createQueryRunner()
      await runner.startTransaction()
      await runner.query("UPDATE failing SET data = data WHERE id = 'x'")
      return { commit: () => runner.commitTransaction() }
    },
    close: () => dataSource.destroy(),
  }
}

describe(`sessions among the subscribers of an application: TypeORM ${typeormVersion}, ${type}`, () => {
  it('leave the only runner as it is after the first write', async () => {
    const dataSource = new DataSource({ type, database: ':memory:', synchronize: true } as DataSourceOptions)
    const backend = createSessionModel(dataSource, 'listened')[sessionBackend]()
    await dataSource.initialize()
    dataSource.subscribers.push({ afterInsert: () => {} })
    await backend.insert([rowOf('a')])
    const { query } = dataSource.createQueryRunner()
    await backend.insert([rowOf('b')])
    expect(dataSource.createQueryRunner().query).to.equal(query)
    await dataSource.destroy()
  })
})

// better-sqlite3 waits with the whole process.
testSqlite(`TypeORM ${typeormVersion}, ${type}`, open, type === 'better-sqlite3' ? 'timeout' : 'conflict')
testOneConnection(`TypeORM ${typeormVersion}, ${type}`, open)
