import { expect } from 'chai'
import { DataTypes, type ModelStatic } from 'sequelize'
import type { Model } from 'sequelize-typescript'
import { ColumnBinder } from '../../src/sequelize/column-binder.js'
import { generatorOf } from '../../src/sequelize/query-generator.js'
import { describeServers } from './support/databases.js'

const second = Date.parse('2026-03-29T00:59:59Z')

/** Moments that follow each other: in one second, over its end, over a change of the clock, before 1970. */
const moments = [0, 7, 998, 999, 1000, 1001, 10, -1, 3_600_000, 3_600_001].map((more) => second + more)
const early = [-1, -999, -1000, -1001, -500]

describeServers('dates that follow each other', (open) => {
  for (const timezone of ['+00:00', '-03:30', 'Europe/Berlin']) {
    it(`become the texts that each becomes by itself, in ${timezone}`, () => {
      const sequelize = open({ timezone })
      for (const type of [DataTypes.DATE, DataTypes.DATE(3), DataTypes.DATE(6), DataTypes.STRING]) {
        const model = sequelize.define('dates', { date: type }) as unknown as ModelStatic<Model>
        const binderOf = () => new ColumnBinder(generatorOf(model), model.getAttributes().date as never)
        const binder = binderOf()
        for (const moment of [...moments, ...early, Number.NaN, second + 1]) {
          const date = new Date(moment)
          expect(binder.bind(date), String(moment)).to.deep.equal(binderOf().bind(date))
        }
      }
    })
  }
})
