import { expect } from 'chai'
import type { SessionBackend, SessionRow } from 'koa-session-model'
import { failure, rowOf } from '../databases/failures/support/rows.js'
import { sequelizeFailing } from '../databases/failures/support/sequelize.js'
import { typeormFailing } from '../databases/failures/support/typeorm.js'
import { useServer } from './disturbed-stress.js'
import { describeCluster } from './on-demand.js'
import { freePorts } from './ports.js'
import { type Closing, inFolder } from './servers/folder.js'
import { PostgresServer } from './servers/postgres.js'
import { replicaTrial } from './trials/postgres.js'

const databases = [...typeormFailing, ...sequelizeFailing].filter(({ server }) => server === 'postgres')
const table = 'standby_sessions'

describeCluster('a load from PostgreSQL', replicaTrial.needs, () => {
  /** The backend of each database, on this server. */
  async function eachOn({ port }: PostgresServer, check: (backend: SessionBackend) => Promise<void>): Promise<void> {
    useServer('postgres', { port, database: 'postgres' })
    for (const { open } of databases) {
      const { backend, close } = await open({ table, exists: true })
      await check(backend)
      await close()
    }
  }

  async function primaryIn(folder: string, closing: Closing): Promise<PostgresServer> {
    const [port = 0] = await freePorts(1)
    const primary = await PostgresServer.primary(folder, 'primary', port)
    closing(() => primary.kill())
    useServer('postgres', { port, database: 'postgres' })
    const made = await databases[0]?.open({ table })
    await made?.backend.insert([rowOf('a')])
    await made?.close()
    return primary
  }

  const found = async (backend: SessionBackend, id: string): Promise<number> => (await backend.find([id])).length
  const listed = (backend: SessionBackend, userId: number | null): Promise<readonly SessionRow[]> =>
    Promise.resolve(backend.list({ userId }, new Date(), 10))

  it('is unavailable on a standby, whether it has the session or not, and works once that is promoted', () =>
    inFolder('standby', async (folder, closing) => {
      const primary = await primaryIn(folder, closing)
      const [port = 0] = await freePorts(1)
      const standby = await primary.standby('standby', port)
      closing(() => standby.kill())
      await eachOn(standby, async (backend) => {
        for (const ids of [['a'], ['b'], ['a', 'b']])
          expect(await failure(backend, backend.find(ids)), String(ids)).to.equal('unavailable')
        for (const userId of [null, 5]) expect(await failure(backend, listed(backend, userId))).to.equal('unavailable')
      })
      await standby.promote()
      await eachOn(standby, async (backend) => {
        expect([await found(backend, 'a'), await found(backend, 'b')]).to.deep.equal([1, 0])
      })
    }))

  it('works on a database that cannot tell whether it is a standby', () =>
    inFolder('unknown-role', async (folder, closing) => {
      const primary = await primaryIn(folder, closing)
      await primary.query(
        'SET allow_system_table_mods = on; ALTER FUNCTION pg_catalog.pg_is_in_recovery() RENAME TO pg_was_in_recovery',
      )
      await eachOn(primary, async (backend) => {
        expect((await listed(backend, 5)).length).to.equal(0)
        expect([await found(backend, 'a'), await found(backend, 'b')]).to.deep.equal([1, 0])
        expect(await found(backend, 'a')).to.equal(1)
      })
    }))
})
