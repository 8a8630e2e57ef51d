import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe } from 'mocha'
import { Column, Index, type Logger } from 'typeorm'
import { type TextTable, testExactText } from '../support/exact-text.js'
import { createTables, databases, newDataSource, tableName } from './support/data-sources.js'

for (const database of databases) {
  describe(`TypeORM: conditions on columns (${database.name})`, () => {
    testExactText(database.server, async (): Promise<TextTable> => {
      const table = tableName('exact_text')
      @SessionModel({ tableName: table })
      class TextSession {
        @Index('ksm_by_name') @Column({ type: 'varchar', length: 100, nullable: true }) name!: string | null
        @Column({ type: 'integer', nullable: true }) count!: number | null
        @Column({ type: 'bigint', nullable: true }) big!: string | null
      }
      const sent: ReturnType<TextTable['sent']> = []
      const logger = {
        logQuery: (sql: string, parameters?: unknown[]) => sent.push({ sql, parameters: parameters ?? [] }),
      }
      const nothing = (): void => {}
      const quiet = { logQueryError: nothing, logQuerySlow: nothing, logSchemaBuild: nothing, logMigration: nothing }
      const dataSource = newDataSource(database, {
        logging: true,
        logger: { ...quiet, log: nothing, ...logger } as Logger,
      })
      const model = registerSessionModel(dataSource, TextSession)
      await createTables(dataSource, database)
      return {
        model,
        server: database.server,
        table,
        run: (sql, parameters) => dataSource.query(sql, parameters),
        sent: () => sent.splice(0),
        drop: async () => {
          const runner = dataSource.createQueryRunner()
          await runner.dropTable(table, true)
          await runner.release()
        },
      }
    })
  })
}
