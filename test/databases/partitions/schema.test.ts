import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { createSessionModel } from 'koa-session-model/typeorm'
import { after, describe, it } from 'mocha'
import { QueryTypes } from 'sequelize'
import { Model, Sequelize } from 'sequelize-typescript'
import { DataSource, type DataSourceOptions } from 'typeorm'
import { reachable } from '../../support/matrix.js'
import { partitioning } from '../../support/partitions.js'
import { sequelizeDatabases } from '../../support/sequelize-rows.js'
import { typeormDatabases } from '../../support/typeorm-rows.js'

type Query = (sql: string) => Promise<unknown>

const isServer = ({ server }: { readonly server?: string }): boolean => server !== undefined

/** Divides a table into four parts by the hash of its ids. */
async function divide(isPostgres: boolean, table: string, query: Query): Promise<void> {
  const statements = isPostgres ? partitioning(table, 4) : [`ALTER TABLE ${table} PARTITION BY KEY (id) PARTITIONS 4`]
  for (const sql of statements) await query(sql)
}

/** The number of partitions that a table has. */
async function partitionsOf(isPostgres: boolean, table: string, query: Query): Promise<number> {
  const sql = isPostgres
    ? `SELECT count(*) AS n FROM pg_inherits WHERE inhparent = '${table}'::regclass`
    : `SELECT count(*) AS n FROM information_schema.partitions WHERE table_schema = database() AND table_name = '${table}' AND partition_name IS NOT NULL`
  const [row] = (await query(sql)) as { n: unknown }[]
  return Number(row?.n)
}

for (const { name, server, connection } of await reachable(typeormDatabases.filter(isServer))) {
  describe(`TypeORM leaves a partitioned table alone (${name})`, () => {
    const table = `partitions_schema_typeorm_${name.replace(/\W+/g, '_').toLowerCase()}`
    const dataSource = new DataSource({ ...connection({ table }), synchronize: true } as DataSourceOptions)
    createSessionModel(dataSource, table)
    const query: Query = (sql) => dataSource.query(sql)
    after(() => dataSource.destroy())

    it('finds nothing to change, and keeps the partitions', async () => {
      const isPostgres = server === 'postgres'
      await dataSource.initialize()
      await divide(isPostgres, table, query)
      const { upQueries } = await dataSource.driver.createSchemaBuilder().log()
      expect(upQueries.map((one) => one.query).filter((sql) => sql.includes(table))).to.deep.equal([])
      await dataSource.synchronize()
      expect(await partitionsOf(isPostgres, table, query)).to.equal(4)
      await dataSource.createQueryRunner().dropTable(table)
    })
  })
}

for (const { name, server, connection } of await reachable(sequelizeDatabases.filter(isServer))) {
  describe(`Sequelize leaves a partitioned table alone (${name})`, () => {
    const table = `partitions_schema_sequelize_${name.replace(/\W+/g, '_').toLowerCase()}`
    const sequelize = new Sequelize({ ...connection({}), logging: false })
    @SessionModel({ tableName: table })
    class Divided extends Model {}
    const Sessions = registerSessionModel(sequelize, Divided)
    const query: Query = (sql) => sequelize.query(sql, sql.startsWith('SELECT') ? { type: QueryTypes.SELECT } : {})
    after(() => sequelize.close())

    it('keeps the partitions when sync() creates and alters tables', async () => {
      const isPostgres = server === 'postgres'
      await Sessions.sync({ force: true })
      await divide(isPostgres, table, query)
      for (const options of [{}, { alter: true }]) {
        const outcome = await Sessions.sync(options).catch(
          (error: { readonly parent?: { readonly code?: string } }) => error,
        )
        // Sequelize does not see the indexes of a partitioned table of PostgreSQL, and tries to create them again.
        if (isPostgres) expect(outcome).to.have.nested.property('parent.code', '42P07')
        else expect(outcome).to.equal(Sessions)
        expect(await partitionsOf(isPostgres, table, query)).to.equal(4)
      }
      await Sessions.drop()
    })
  })
}
