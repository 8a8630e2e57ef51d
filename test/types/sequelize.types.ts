import { Op } from 'sequelize'
import { type Equal, expectType } from './expect.js'
import { models } from './models.js'

const { model, mixedModel, modelOnBase, createdModel } = models()

await model.findAll({ where: { userId: 42 } })
await model.findAll({ where: model.expired })
await model.count({ where: { ...model.active, userId: 42 } })
await model.destroy({ where: model.expired })
await model.update({ userId: null }, { where: { [Op.and]: [model.active, { userId: 42 }] } })
await model.sync()
await mixedModel.destroy({ where: mixedModel.expired })
// @ts-expect-error: no such option
await model.destroy({ filter: model.expired })

// A row has the members of the model, of Sequelize and of a session.
const row = await model.findByPk('x')
if (row) {
  expectType<Equal<typeof row.userId, number | null>>(true)
  expectType<Equal<typeof row.expired, boolean>>(true)
  expectType<Equal<typeof row.expires, Date>>(true)
  expectType<Equal<typeof row.data, string>>(true)
  expectType<Equal<ReturnType<typeof row.isLoggedIn>, boolean>>(true)
  await row.update({ userId: 1 })
  await row.destroy()
  // @ts-expect-error: expired is computed
  row.expired = true
}

// On a base class rows have the members of both.
const both = await modelOnBase.findOne({ where: { tenant: 'x' } })
if (both) {
  expectType<Equal<typeof both.tenant, string | null>>(true)
  expectType<Equal<typeof both.userId, number | null>>(true)
  expectType<Equal<ReturnType<typeof both.describe>, string>>(true)
  expectType<Equal<ReturnType<typeof both.isLoggedIn>, boolean>>(true)
}

const created = await createdModel.findOne()
if (created) expectType<Equal<typeof created.active, boolean>>(true)
