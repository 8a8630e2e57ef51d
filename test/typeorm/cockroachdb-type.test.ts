import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { testBackend } from 'koa-session-model/testing'
import { registerSessionModel, TypeOrmSessionBackend } from 'koa-session-model/typeorm'
import { Column, DataSource } from 'typeorm'
import { isReachable, servers } from '../support/databases.js'

const table = 'cockroachdb_sessions'

/** What TypeORM's driver for CockroachDB has that its types do not show. */
interface CockroachDriver {
  afterConnect(): Promise<void>
  version?: string
}

/**
 * A data source of the type `cockroachdb` on PostgreSQL, and its backend. TypeORM's first statement to CockroachDB is left
 * out, a setting that PostgreSQL does not have.
 */
async function open(): Promise<{ dataSource: DataSource; backend: TypeOrmSessionBackend }> {
  @SessionModel({ tableName: table })
  class Session {
    @Column({ type: 'int4', nullable: true }) userId!: number | null
    @Column({ type: 'text', nullable: true }) label!: string | null
  }
  const dataSource = new DataSource({
    ...servers.postgres,
    type: 'cockroachdb',
    timeTravelQueries: false,
    extra: { max: 1 },
  })
  Object.assign(dataSource.driver, { afterConnect: async () => {}, version: '26.2.0' } satisfies CockroachDriver)
  const model = registerSessionModel(dataSource, Session)
  await dataSource.initialize()
  await dataSource.query(`DROP TABLE IF EXISTS ${table}`)
  await dataSource.query(
    `CREATE TABLE ${table} (id varchar(128) PRIMARY KEY, data text NOT NULL, expires timestamptz NOT NULL, ` +
      '"createdAt" timestamptz NOT NULL, version int8 NOT NULL, "userId" int4, label text)',
  )
  return { dataSource, backend: new TypeOrmSessionBackend(dataSource, model) }
}

if (await isReachable('postgres')) {
  testBackend({ describe, it, before, after }, 'what TypeORM sends to CockroachDB, on PostgreSQL', async () => {
    const { dataSource, backend } = await open()
    return {
      backend: backend as TypeOrmSessionBackend<{ userId: number | null; label: string | null }>,
      close: async () => {
        await dataSource.query(`DROP TABLE ${table}`)
        await dataSource.destroy()
      },
    }
  })

  describe('a data source for CockroachDB', () => {
    it('gets each write alone, and no statement that only PostgreSQL has', async () => {
      const { dataSource, backend } = await open()
      expect(backend.batchesWrites()).to.equal(false)
      await dataSource.query(`DROP TABLE ${table}`)
      await dataSource.destroy()
    })

    it('does not use a connection again that leads to a server which takes no writes', async () => {
      const { dataSource, backend } = await open()
      await dataSource.query('SET default_transaction_read_only = on')
      const error: unknown = await backend.deleteAll().catch((reason: unknown) => reason)
      expect(backend.failureOf(error)).to.equal('unavailable')
      expect(await backend.deleteAll()).to.equal(0)
      await dataSource.query(`DROP TABLE ${table}`)
      await dataSource.destroy()
    })
  })
}
