import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { DataType, Model } from 'sequelize-typescript'
import { connectPgSimple } from '../support/old-stores.js'
import { describeServers } from './support/databases.js'
import { managerOf } from './support/manager.js'

describeServers("connect-pg-simple's table", (open, { server }) => {
  if (server !== 'postgres') return
  for (const type of ['json', 'jsonb'] as const) {
    it(`is adopted with its rows (${type})`, async () => {
      const table = `sequelize_pg_simple_${type}`
      const old = await connectPgSimple(table, type)
      await old.set('alive', { cookie: { originalMaxAge: 3_600_000 }, userId: 7 })
      @SessionModel({
        tableName: table,
        columns: {
          id: { name: 'sid', length: 255 },
          data: { name: 'sess', type: type === 'json' ? DataType.JSON : DataType.JSONB },
          expires: { name: 'expire', type: DataType.DATE },
          createdAt: false,
          version: false,
        },
      })
      class WebSession extends Model {}
      const sequelize = open()
      const Sessions = registerSessionModel(sequelize, WebSession)
      await sequelize.query(`UPDATE "${table}" SET sess = '{"userId":7,"big":12345678901234567890}'`)
      const manager = managerOf(Sessions, { hashIds: false })
      expect(await manager.get('alive')).to.deep.include({ userId: 7 })
      const session = await manager.store.load('alive')
      await session?.write({ ...session.properties, userId: 8 })
      expect(await old.get('alive')).to.deep.include({ userId: 8 })
      const [[row]] = await sequelize.query(`SELECT sess->>'big' AS big FROM "${table}"`)
      expect(row).to.deep.equal({ big: '12345678901234567890' })
      const { id } = await manager.create({ userId: 9 }, { maxAge: '1h' })
      await Promise.all([manager.set(id, { n: 1 }), manager.set('alive', { n: 2 })])
      expect(await manager.get(id)).to.deep.equal({ n: 1 })
      expect((await Sessions.findByPk('alive'))?.get('data')).to.deep.equal({ n: 2 })
      expect((await manager.list({ id: 'alive' })).length).to.equal(1)
    })
  }
})
