import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Op, QueryTypes, type WhereOptions } from 'sequelize'
import { DataType, Model } from 'sequelize-typescript'
import { describeEach } from './support/databases.js'

const moments = ['2030-07-01T10:00:00.000Z', '2031-12-31T23:59:59.000Z'].map((text) => new Date(text))
const [first, second] = moments as [Date, Date]

for (const [name, type] of [
  ['the default type', undefined],
  ['BIGINT', DataType.BIGINT],
  ['DATE', DataType.DATE],
] as const) {
  describeEach(`expires as a column of ${name}`, (open) => {
    async function fill() {
      const columns = type ? { expires: { type } } : {}
      @SessionModel({ tableName: `sequelize_expires_${name.split(' ').pop()?.toLowerCase()}`, columns })
      class WebSession extends Model {}
      const Sessions = registerSessionModel(open(), WebSession)
      await Sessions.sync({ force: true })
      for (const [n, expires] of moments.entries()) {
        await Sessions.create({ id: String(n).repeat(64), data: '{}', expires, createdAt: first })
      }
      return Sessions
    }

    it('is a Date on the row, and in its JSON', async () => {
      const Sessions = await fill()
      const row = await Sessions.findByPk('0'.repeat(64), { rejectOnEmpty: true })
      expect(row.expires).to.deep.equal(first)
      expect(row.createdAt).to.deep.equal(first)
      expect(JSON.parse(JSON.stringify(row))).to.include({ expires: first.toISOString(), version: 1 })
    })

    it('is compared with dates in conditions of your own', async () => {
      const Sessions = await fill()
      const count = (where: WhereOptions) => Sessions.count({ where })
      expect(await count({ expires: { [Op.gt]: new Date() } })).to.equal(2)
      expect(await count({ expires: { [Op.gt]: first } })).to.equal(1)
      expect(await count({ expires: { [Op.between]: [first, second] } })).to.equal(2)
      expect(await count({ expires: [first, new Date(0)] })).to.equal(1)
      expect(await count({ expires: second })).to.equal(1)
      expect(await count({ expires: { [Op.lt]: new Date(0) }, createdAt: first })).to.equal(0)
    })

    it('can be saved and read again', async () => {
      const Sessions = await fill()
      const row = await Sessions.findOne({ where: { expires: first }, rejectOnEmpty: true })
      row.expires = new Date(0)
      expect(row.expired).to.equal(true)
      await row.save()
      expect(row.expires).to.deep.equal(new Date(0))
      await row.reload()
      expect(row.expires).to.deep.equal(new Date(0))
      expect(await Sessions.count({ where: Sessions.expired })).to.equal(1)
      await Sessions.update({ expires: second }, { where: Sessions.expired })
      expect((await row.reload()).expires).to.deep.equal(second)
    })

    it('is no change when it is set to the same moment', async () => {
      const Sessions = await fill()
      const row = await Sessions.findOne({ where: { expires: first }, rejectOnEmpty: true })
      row.expires = new Date(first)
      expect(row.changed()).to.equal(false)
    })

    it('can be asked for in SQL, through the model', async () => {
      const Sessions = await fill()
      const sql = `SELECT * FROM ${Sessions.tableName} ORDER BY expires`
      const rows = await Sessions.sequelize?.query(sql, { type: QueryTypes.SELECT, model: Sessions, mapToModel: true })
      expect(rows?.map(({ expires }) => new Date(expires))).to.deep.equal(moments)
      expect(rows?.map(({ expired }) => expired)).to.deep.equal([false, false])
    })
  })
}
