import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { after, describe, it } from 'mocha'
import { Column, type DataSourceOptions, Index, type MigrationInterface } from 'typeorm'
import { migrationFile } from '../support/docs-migrations.js'
import { databases, dropTables, newDataSource, pendingStatements, tableName } from './support/data-sources.js'
import { managerOf } from './support/manager.js'
import { useMigrations } from './support/migrations.js'

const history = tableName('docs_history')

for (const database of databases) {
  describe(`TypeORM: the migration of docs/migrations.md (${database.name})`, () => {
    after(() => dropTables(database, 'web_sessions', history))

    it('makes the table that registration asks for, and takes it back', async () => {
      await dropTables(database, 'web_sessions', history)
      @Index('web_sessions_expires', ['expires'])
      @SessionModel({ tableName: 'web_sessions' })
      class WebSession {
        @Column({ type: 'integer', nullable: true }) userId!: number | null
      }
      const options = { synchronize: false, migrationsTableName: history } as Partial<DataSourceOptions>
      const dataSource = newDataSource(database, options)
      const Sessions = registerSessionModel(dataSource, WebSession)
      await dataSource.initialize()
      const { Sessions1700000000000 } = await migrationFile('1700000000000-sessions.ts')
      useMigrations(dataSource, [Sessions1700000000000 as new () => MigrationInterface])
      await dataSource.runMigrations()
      expect(await pendingStatements(dataSource)).to.deep.equal([])
      await managerOf(Sessions).set('an id', { userId: 7, note: 1 })
      expect(await managerOf(Sessions).get('an id')).to.deep.equal({ userId: 7, note: 1 })
      await dataSource.undoLastMigration()
      expect(await dataSource.createQueryRunner().hasTable('web_sessions')).to.equal(false)
    })
  })
}
