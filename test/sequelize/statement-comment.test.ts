import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { QueryTypes } from 'sequelize'
import { Column, DataType, Model } from 'sequelize-typescript'
import { sendEvery } from '../support/every-statement.js'
import { describeEach } from './support/databases.js'
import { managerOf } from './support/manager.js'

describeEach('the comment before statements', (open) => {
  for (const isHooked of [false, true])
    it(`stands before each of them${isHooked ? ', also where hooks run' : ''}, and before no other`, async () => {
      @SessionModel({ tableName: `sequelize_comment_${isHooked}`, statementComment: 'NO LOAD BALANCE' })
      class WebSession extends Model {
        @Column(DataType.INTEGER) declare userId: number | null
      }
      const sent: string[] = []
      const sequelize = open({ logging: (sql) => void sent.push(sql) })
      const Sessions = registerSessionModel(sequelize, WebSession)
      await Sessions.sync({ force: true })
      if (isHooked) for (const hook of ['beforeFind', 'beforeBulkUpdate'] as const) Sessions.addHook(hook, () => {})
      sent.length = 0
      await sendEvery(managerOf(Sessions))
      expect(sent).to.have.length.greaterThan(8)
      expect(sent.filter((sql) => !sql.startsWith('Executing (default): /*NO LOAD BALANCE*/ '))).to.deep.equal([])
      sent.length = 0
      await sequelize.query('SELECT 1', { type: QueryTypes.SELECT })
      expect(sent).to.deep.equal(['Executing (default): SELECT 1'])
    })
})
