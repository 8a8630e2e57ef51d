import { Sequelize, type SequelizeOptions } from 'sequelize-typescript'
import { reachable } from '../../support/matrix.js'
import { type SequelizeDatabase, sequelizeDatabases } from '../../support/sequelize-rows.js'

/** Opens Sequelize instances that are closed, with their tables dropped, when the tests of one database are over. */
export type Open = (options?: SequelizeOptions) => Sequelize

const found = await reachable(sequelizeDatabases)

/** Declares the same tests for each database that can be reached. */
export function describeEach(
  title: string,
  tests: (open: Open, database: SequelizeDatabase) => void,
  databases: readonly SequelizeDatabase[] = found,
): void {
  for (const database of databases) {
    describe(`${title}: ${database.name}`, () => {
      const opened: Sequelize[] = []
      tests((options) => {
        const sequelize = new Sequelize({ ...database.connection({}), logging: false, ...options })
        opened.push(sequelize)
        return sequelize
      }, database)
      after(async () => {
        for (const sequelize of opened) await sequelize.drop({})
        for (const sequelize of opened) await sequelize.close()
      })
    })
  }
}

/** Declares tests that ask nothing of a particular database, on SQLite in memory. */
export function describeSqlite(title: string, tests: (open: Open) => void): void {
  describeEach(title, tests, found.slice(0, 1))
}

/** Declares tests on the databases that have a server, so that two connections see the same tables. */
export function describeServers(title: string, tests: (open: Open, database: SequelizeDatabase) => void): void {
  describeEach(
    title,
    tests,
    found.filter(({ server }) => server),
  )
}
