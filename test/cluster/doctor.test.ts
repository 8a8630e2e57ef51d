import { expect } from 'chai'
import { findingsOf } from '../cli/support/findings.js'
import { cliRows, type Site, siteOf } from '../cli/support/site.js'
import { useReplica, useServer } from './disturbed-stress.js'
import { describeCluster } from './on-demand.js'
import { freePorts } from './ports.js'
import { hold, inFolder } from './servers/folder.js'
import { pgClient } from './servers/pg.js'
import { pgpool } from './servers/pgpool.js'
import { PostgresServer } from './servers/postgres.js'
import { pgpoolTrial } from './trials/postgres.js'

const rows = cliRows.filter(({ server }) => server === 'postgres')
const table = 'cluster_patient'
/** All reads go to the standby; those with functions only if no function counts as one that writes. */
const toStandby = ['backend_weight0 = 0', 'backend_weight1 = 1']
const always = [...toStandby, "read_only_function_list = '.*'"]

/** The ports of a primary, of a standby that applies nothing for an hour, and of two pools of pgpool-II before them. */
interface Ports {
  readonly primary: number
  readonly standby: number
  /** Sends to the standby what pgpool-II takes for a read. */
  readonly pool: number
  /** Sends each SELECT to the standby. */
  readonly splitter: number
}

function withStandby(use: (ports: Ports) => Promise<void>): Promise<void> {
  return inFolder('doctor', async (folder, closing) => {
    const [primaryPort = 0, standbyPort = 0, pool = 0, splitter = 0, ...pcp] = await freePorts(6)
    const primary = await PostgresServer.primary(folder, 'primary', primaryPort)
    closing(() => primary.kill())
    useServer('postgres', { port: primaryPort, database: 'postgres' })
    for (const row of rows) await (await row.open({ table: tableOf(row.name) })).close()
    const standby = await primary.standby('standby', standbyPort, { recovery_min_apply_delay: '1h' })
    closing(() => standby.kill())
    const ports = [primaryPort, standbyPort]
    for (const [port, settings, index] of [
      [pool, toStandby, 0],
      [splitter, always, 1],
    ] as const) {
      const started = await pgpool(`${folder}/pool${index}`, port, pcp[index] ?? 0, ports, settings)
      closing(() => started.stop('SIGINT'))
    }
    await primary.query('CREATE TABLE late (id integer)')
    await use({ primary: primaryPort, standby: standbyPort, pool, splitter })
  })
}

const tableOf = (name: string): string => `${table}_${name.startsWith('TypeORM') ? 'typeorm' : 'sequelize'}`

describeCluster('the doctor on PostgreSQL with a standby that is late', pgpoolTrial.needs, () => {
  let ports: Ports
  let close: () => Promise<void>

  before(async () => {
    const held = await hold(withStandby)
    ports = held.value
    close = held.close
  })
  after(() => close())

  it('has reads answered by that standby through both pools', async () => {
    for (const port of [ports.pool, ports.splitter]) {
      const client = await pgClient({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' })
      const error = await client.query('SELECT id FROM late').catch(({ message }: Error) => message)
      await client.end()
      expect(error).to.equal('relation "late" does not exist')
    }
  })

  for (const row of rows) {
    let site: Site

    /** What `read after write` finds through a port. */
    async function problemsThrough(port: number): Promise<string[]> {
      useServer('postgres', { port, database: 'postgres' })
      const { 'read after write': found = [] } = await findingsOf(site)
      for (const { cure } of found) expect(cure).to.contain('Send sessions to the primary')
      return found.map(({ problem }) => problem)
    }

    describe(row.name, () => {
      before(async () => {
        useServer('postgres', { port: ports.primary, database: 'postgres' })
        site = await siteOf(row, tableOf(row.name), { create: false })
      })
      after(() => site.close())

      it('finds nothing on the primary, or where the replication of the ORM names the standby', async () => {
        expect(await problemsThrough(ports.primary)).to.deep.equal([])
        useReplica(ports.standby)
        try {
          expect(await problemsThrough(ports.primary)).to.deep.equal([])
        } finally {
          useReplica(undefined)
        }
      })

      it('finds nothing through pgpool-II, which takes the guard of a read for a write', async () => {
        expect(await problemsThrough(ports.pool)).to.deep.equal([])
      })

      it('says that reads are refused if a proxy sends each of them to the standby', async () => {
        const problems = await problemsThrough(ports.splitter)
        expect(problems).to.have.length(1)
        expect(problems[0]).to.match(/^40 of 40 reads were refused, .* read-only/)
      })

      it('says that the server takes no writes if a proxy leads to the standby', async () => {
        const problems = await problemsThrough(ports.standby)
        expect(problems).to.have.length(1)
        expect(problems[0]).to.match(/^A row could not be written, read and removed: .* read-only/)
      })
    })
  }
})
