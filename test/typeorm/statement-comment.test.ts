import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column, type DataSource, type EntitySubscriberInterface } from 'typeorm'
import { sendEvery } from '../support/every-statement.js'
import { createTables, databases, newDataSource, tableName } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

for (const database of databases) {
  describe(`TypeORM: the comment before statements (${database.name})`, () => {
    async function open(): Promise<{ dataSource: DataSource; manager: ReturnType<typeof managerOf>; sent: string[] }> {
      @SessionModel({ tableName: tableName('comment'), statementComment: 'NO LOAD BALANCE' })
      class CommentedSession {
        @Column({ type: 'integer', nullable: true }) userId!: number | null
      }
      const sent: string[] = []
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, CommentedSession)
      await createTables(dataSource, database)
      const nothing = (): void => {}
      const logger = { log: nothing, logMigration: nothing, logQueryError: nothing, logQuerySlow: nothing }
      const logQuery = (sql: string): void => void sent.push(sql)
      Object.assign(dataSource, { logger: { ...logger, logSchemaBuild: nothing, logQuery } })
      return { dataSource, sent, manager: managerOf(Sessions) as never }
    }

    for (const isHeard of [false, true])
      it(`stands before each of them${isHeard ? ', also where subscribers listen' : ''}`, async () => {
        const { dataSource, manager, sent } = await open()
        const nothing = (): void => {}
        const subscriber: EntitySubscriberInterface = {
          afterLoad: nothing,
          beforeUpdate: nothing,
          afterInsert: nothing,
        }
        if (isHeard) dataSource.subscribers.push(subscriber)
        await sendEvery(manager as never)
        const own = sent.filter((sql) => !/^(START|COMMIT)/.test(sql))
        expect(own).to.have.length.greaterThan(8)
        const without = own.filter((sql) => !sql.startsWith('/*NO LOAD BALANCE*/ '))
        expect(without).to.deep.equal(database.server ? [] : own)
      })

    it('is none of the statements of the application', async () => {
      const { dataSource, manager, sent } = await open()
      await manager.get('none')
      sent.length = 0
      await dataSource.query('SELECT 1')
      expect(sent).to.deep.equal(['SELECT 1'])
    })
  })
}
