import { SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { Column, DataSource, type DataSourceOptions, type QueryRunner, Table } from 'typeorm'
import type { Server } from './databases.js'

/** The types whose driver or database cannot be had here, by the database of the same kind that runs their statements. */
export const relayedTypes = {
  sqlite: ['capacitor', 'cordova', 'expo', 'nativescript', 'react-native'],
  postgres: ['cockroachdb'],
  mariadb: [],
} as const satisfies Record<Server | 'sqlite', readonly string[]>

/** What the drivers ask of the packages that they load, which are not installed. */
function StandIn(): void {}
Object.assign(StandIn, {
  Pool: StandIn,
  Spanner: StandIn,
  pg: StandIn,
  types: {},
  defaults: {},
  openDatabaseAsync: StandIn,
})

/** A data source of a type whose driver is not installed. It cannot connect. */
export function unconnected(type: string): DataSource {
  const options = { type, database: 'sessions', driver: StandIn, location: 'default', url: 'mongodb://localhost' }
  return new DataSource(options as unknown as DataSourceOptions)
}

/**
 * A backend of sessions whose statements are made by the driver of one type, and run on a database of the same kind through
 * another driver.
 */
export async function relayedBackend(type: string, relative: DataSourceOptions, table: string) {
  // CockroachDB's INTEGER has 64 bits, which its driver gives as text.
  const int4 = type === 'cockroachdb' ? 'int4' : 'integer'
  @SessionModel({ tableName: table })
  class RelayedSession {
    @Column({ type: int4, nullable: true }) userId!: number | null
    @Column({ type: 'varchar', length: 200, nullable: true }) label!: string | null
  }
  const real = await new DataSource(relative).initialize()
  const dataSource = unconnected(type)
  relay(dataSource, real)
  const model = registerSessionModel(dataSource, RelayedSession)
  await dataSource.initialize()
  const runner = dataSource.createQueryRunner()
  await real.query(`DROP TABLE IF EXISTS ${table}`)
  await runner.createTable(Table.create(dataSource.getMetadata(model), dataSource.driver), false)
  await runner.release()
  const close = async (): Promise<void> => {
    await real.query(`DROP TABLE ${table}`)
    await real.destroy()
  }
  return { backend: model[sessionBackend](), close }
}

/** Lets each runner of the data source send its statements through the real one. */
function relay(dataSource: DataSource, real: DataSource): void {
  const nothing = async (): Promise<void> => {}
  const { driver } = dataSource
  Object.assign(driver, { connect: nothing, afterConnect: nothing, disconnect: nothing })
  const create = driver.createQueryRunner.bind(driver)
  const createQueryRunner = (mode: 'master' | 'slave' = 'master'): QueryRunner => {
    const through = real.createQueryRunner(mode)
    return Object.assign(create(mode), {
      connect: () => through.connect(),
      release: () => through.release(),
      query: (sql: string, parameters: unknown[], isStructured: true) =>
        through.query(inRelative(sql), parameters, isStructured),
    })
  }
  Object.assign(driver, { createQueryRunner })
}

/** CockroachDB calls its text STRING, with a length or without. */
function inRelative(sql: string): string {
  return /^CREATE TABLE/.test(sql) ? sql.replace(/\bstring\(/g, 'varchar(').replace(/\bstring\b/g, 'text') : sql
}
