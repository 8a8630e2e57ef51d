import { expect } from 'chai'
import { SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { QueryTypes } from 'sequelize'
import { Column, DataType, Model } from 'sequelize-typescript'
import { describeEach } from './support/databases.js'
import { rowOf, updateOf } from './support/writes.js'

describeEach('updates that are made once keep what an update of Sequelize keeps', (open, { name }) => {
  const at = new Date('2026-03-29T02:30:00.123Z')
  const values: readonly (readonly [object, ...unknown[]])[] = [
    [DataType.INTEGER, 7, '8', 0, null],
    [DataType.BIGINT, 9_007_199_254_740_991, '12'],
    [DataType.DECIMAL(10, 2), 1.5, '2.50'],
    [DataType.DOUBLE, 1.5, 0],
    [DataType.BOOLEAN, true, false, 'true', 1],
    [DataType.STRING, '', "O'Brien \\ $1 :a ?", 5],
    [DataType.TEXT, 'x'.repeat(5000), null],
    [DataType.ENUM('red', 'blue'), 'blue'],
    [DataType.DATE, at, at.toISOString(), at.getTime(), null],
    [DataType.DATE(3), at, new Date(0)],
    [DataType.DATEONLY, '2026-03-14', at],
    [DataType.JSON, at, { a: [1, "it's"] }, at, [1, 2], null],
    [DataType.BLOB, Buffer.from([0, 255, 39]), 'text'],
  ]

  for (const timezone of ['+00:00', '+05:30']) {
    for (const [index, [type, ...examples]] of values.entries()) {
      it(`${(type as { key?: string }).key} (${timezone})`, async () => {
        @SessionModel({ tableName: `sequelize_prepared_type_${index}` })
        class WebSession extends Model {
          @Column({ type: type as never, field: 'its_value' }) declare value: unknown
        }
        const sequelize = open(name.includes('sqlite') ? {} : { timezone })
        const Sessions = registerSessionModel(sequelize, WebSession)
        await Sessions.sync({ force: true })
        const backend = Sessions[sessionBackend]()
        await backend.insert([rowOf('a'), rowOf('b')])
        for (const [n, value] of [...examples, ...examples].entries()) {
          expect(await backend.update([updateOf('a', n + 1, { value })])).to.deep.equal([true])
          await Sessions.update({ value, version: n + 2, data: `{"of":"a"}` }, { where: { id: 'b' } })
          const quoted = sequelize.getQueryInterface().quoteIdentifier(Sessions.tableName)
          const [one, other] = await sequelize.query<{ id?: string; createdAt?: unknown }>(
            `SELECT * FROM ${quoted} ORDER BY id`,
            { type: QueryTypes.SELECT },
          )
          for (const row of [one, other]) {
            delete row?.id
            delete row?.createdAt
          }
          expect(one).to.deep.equal(other)
        }
      })
    }
  }
})
