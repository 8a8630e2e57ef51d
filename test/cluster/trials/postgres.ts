import type { Job } from '../../databases/stress/job.js'
import { explain, type Report } from '../../databases/stress/report.js'
import { type Disturbed, rowOf, timeline } from '../disturbed-stress.js'
import { undisturbed } from '../findings.js'
import { freePorts } from '../ports.js'
import { binaries } from '../servers/postgres.js'
import type { Finding, Row, Trial } from '../trial.js'
import { failover } from './failover.js'
import { type Isolation, isolation } from './isolation.js'
import { patroni } from './patroni.js'
import { throughPgbouncer } from './pgbouncer.js'
import { throughPgpool } from './pgpool.js'
import { replica } from './replica.js'
import { restart } from './restart.js'

const server = { [`${binaries ?? '/usr/lib/postgresql'}/postgres`]: 'postgresql' }
const haproxy = { '/usr/sbin/haproxy': 'haproxy' }
const mariadb = { '/usr/sbin/mariadbd': 'mariadb-server' }

/** The databases that an ORM reaches a server through. */
const mariadbOf: Readonly<Record<Job['orm'], readonly string[]>> = {
  typeorm: ['MariaDB through mysql2'],
  sequelize: ['MariaDB through mysql2', 'MariaDB through mariadb'],
}

export const pgbouncerTrial: Trial = {
  name: 'pgbouncer',
  needs: { ...server, '/usr/sbin/pgbouncer': 'pgbouncer' },
  async run({ orms, requests }, found) {
    for (const orm of orms) found(undisturbed('pgbouncer', await throughPgbouncer(orm, await freePorts(2), requests)))
  },
}

export const isolationTrial: Trial = {
  name: 'isolation',
  needs: { ...server, ...mariadb },
  async run({ orms, requests }, found) {
    const run = async (orm: Job['orm'], database: string, level: Isolation): Promise<void> =>
      found(undisturbed(`isolation, ${level}`, await isolation(orm, database, level, await freePorts(1), requests)))
    for (const orm of orms) {
      for (const level of ['repeatable read', 'serializable'] as const) await run(orm, 'PostgreSQL', level)
      for (const name of mariadbOf[orm])
        for (const level of ['read committed', 'serializable'] as const) await run(orm, name, level)
    }
  },
}

export const replicaTrial: Trial = {
  name: 'replica',
  needs: server,
  async run({ orms, requests }, found) {
    for (const orm of orms) {
      const { report, readFromStandby } = await replica(orm, await freePorts(2), requests)
      const { row, faults, notes } = undisturbed('replica', report)
      const read = readFromStandby === 0 ? [] : [`${readFromStandby} statements for sessions went to the standby`]
      found({ row: { ...row, standby: readFromStandby }, faults: [...faults, ...read], ...(notes && { notes }) })
    }
  },
}

/** Loads and lists go to the primary without the option too, since they call a function; the clean-up needs it. */
export const pgpoolTrial: Trial = {
  name: 'pgpool',
  needs: { ...server, '/usr/sbin/pgpool': 'pgpool2' },
  async run({ orms, requests }, found) {
    for (const orm of orms)
      for (const comment of ['', 'NO LOAD BALANCE'])
        found(undisturbed(`pgpool ${comment}`.trim(), await throughPgpool(orm, await freePorts(4), requests, comment)))
  },
}

/** What was acknowledged by a primary that is lost may be missing, unless it waits for its standby. */
export const failoverTrial: Trial = {
  name: 'failover',
  needs: { ...server, ...haproxy },
  async run({ orms, seconds }, found) {
    const synchronous = { synchronous_standby_names: 'standby' }
    for (const orm of orms)
      for (const check of ['role', 'tcp'] as const)
        for (const settings of [{}, synchronous]) {
          const isSure = settings === synchronous
          const options = { check, settings, outage: seconds * 250 }
          const title = `failover, ${check} check${isSure ? ', synchronous' : ''}`
          found(disturbed(title, await failover(orm, await freePorts(5), options), isSure))
        }
  },
}

export const patroniTrial: Trial = {
  name: 'patroni',
  needs: { ...server, ...haproxy, '/usr/bin/patroni': 'patroni', '/usr/bin/etcd': 'etcd-server' },
  async run({ orms }, found) {
    for (const orm of orms) found(disturbed('patroni', await patroni(orm, await freePorts(7)), false))
  },
}

export const restartTrial: Trial = {
  name: 'restart',
  needs: { ...server, ...mariadb, ...haproxy },
  async run({ orms }, found) {
    for (const orm of orms)
      for (const database of ['PostgreSQL', ...mariadbOf[orm]])
        found(disturbed('restart', await restart(orm, database, await freePorts(2)), true))
  },
}

function disturbed(trial: string, result: Disturbed, isSure: boolean): Finding {
  const row = rowOf(trial, result)
  const recovery = Object.entries(row).filter(([name]) => / \+s$/.test(name) && !/kill/.test(name))
  const slow = recovery.filter(([, seconds]) => !(Number(seconds) < 2)).map(([name, s]) => `${name}: ${s}`)
  return {
    ...finding(row, result.report, [...faultsOf(result.report, isSure), ...slow]),
    seconds: timeline(result.report),
  }
}

function finding(row: Row, report: Report, faults: readonly string[]): Finding {
  const notes = explain(report)
  return { row, faults, ...(notes && { notes }) }
}

/**
 * What should not be. If no commit waits for the standby (`isSure` is `false`), the last ones before the primary is lost may be
 * missing: changes, and ends of sessions.
 */
function faultsOf({ violations, counts }: Report, isSure: boolean): string[] {
  const faults = violations.filter(({ fault }) => isSure || fault === 'leaked')
  const failed = counts.failed > 0 ? [`${counts.failed} requests failed`] : []
  return [...faults.map(({ fault, what }) => `${fault}: ${what}`), ...failed]
}

/** All trials of PostgreSQL, its poolers and proxies, and of databases that are restarted. */
export const postgresTrials: readonly Trial[] = [
  replicaTrial,
  failoverTrial,
  patroniTrial,
  pgbouncerTrial,
  pgpoolTrial,
  isolationTrial,
  restartTrial,
]
