import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { QueryTypes } from 'sequelize'
import { Column, DataType, Model, Table } from 'sequelize-typescript'
import { type TextTable, testExactText } from '../support/exact-text.js'
import { describeEach } from './support/databases.js'

describeEach('conditions on columns', (open, { server }) => {
  testExactText(server, async (): Promise<TextTable> => {
    const table = 'sequelize_exact_text'
    @SessionModel({ tableName: table })
    @Table({ indexes: [{ name: 'ksm_by_name', fields: ['name'] }] })
    class TextSession extends Model {
      @Column(DataType.STRING(100)) declare name: string | null
      @Column(DataType.INTEGER) declare count: number | null
      @Column(DataType.BIGINT) declare big: string | null
    }
    const sent: ReturnType<TextTable['sent']> = []
    const logging = (sql: string): void =>
      void sent.push({ sql: sql.replace(/^Execut(ing|ed) \([^)]*\): /, ''), parameters: [] })
    const sequelize = open({ logging })
    const model = registerSessionModel(sequelize, TextSession)
    await model.sync({ force: true })
    return {
      model,
      server,
      table,
      run: (sql) =>
        sequelize.query(sql, /^(SELECT|EXPLAIN|ANALYZE TABLE)/.test(sql) ? { type: QueryTypes.SELECT } : {}) as never,
      sent: () => sent.splice(0),
      drop: () => model.drop(),
    }
  })
})
