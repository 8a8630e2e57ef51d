import { DataSource } from 'typeorm'
import { openSession } from '../../dist/src/core/manager/open-session.js'
import { SessionManager } from '../../dist/src/index.js'
import { createSessionModel } from '../../dist/src/typeorm/index.js'
import { typeOrmOptions } from '../databases.mjs'
import { sampleSession } from '../servers/app.mjs'

/** A data source whose table is empty, a manager of its sessions, and the statement that finds one. */
export async function openTable(options, tableName, policy = {}) {
  const statements = []
  const logQuery = (sql, parameters) => void statements.push({ sql, parameters })
  const noLog = () => {}
  const logger = {
    logQuery,
    logQueryError: noLog,
    logQuerySlow: noLog,
    logSchemaBuild: noLog,
    logMigration: noLog,
    log: noLog,
  }
  const dataSource = new DataSource({ ...options, logging: ['query'], logger })
  const model = createSessionModel(dataSource, tableName)
  await dataSource.initialize()
  const manager = new SessionManager({ model, cleanup: false, ...policy })
  await manager.deleteAll()
  return {
    dataSource,
    model,
    manager,
    /** The statement that the manager finds the session with. */
    async statementFor(id) {
      statements.length = 0
      await openSession(manager, id)
      const select = statements.find(({ sql }) => /^select/i.test(sql))
      statements.length = 0
      return select
    },
    /** Call it before the measurement: nothing is logged any more. */
    silence() {
      dataSource.logger.logQuery = noLog
      dataSource.setOptions?.({ logging: false })
    },
    async close() {
      manager.close()
      await dataSource.destroy()
    },
  }
}

export const onPostgres = () => typeOrmOptions('postgres')
export const onMariaDb = () => typeOrmOptions('mariadb')
export const inMemory = () => ({ type: 'better-sqlite3', database: ':memory:', synchronize: true })

/** Stores sessions under ids that could be in cookies, and gives the ids. */
export async function fill(manager, count) {
  const ids = Array.from({ length: count }, (_, number) => `session-of-a-benchmark-${String(number).padStart(20, '0')}`)
  for (const id of ids) await manager.set(id, sampleSession())
  return ids
}

/** Gives the items one after the other, again and again. */
export function cycle(items) {
  let next = 0
  return () => items[next++ % items.length]
}
