import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { createSessionModel, registerSessionModel } from 'koa-session-model/sequelize'
import type { ModelStatic } from 'sequelize'
import { Model, type Sequelize } from 'sequelize-typescript'
import { describeEach } from './support/databases.js'
import { managerOf } from './support/manager.js'

interface ShownIndex {
  readonly name: string
  readonly fields: readonly { readonly attribute: string }[]
}

/** The names of the indexes on the column. */
async function indexesOn(sequelize: Sequelize, model: ModelStatic<Model>, column = 'expires'): Promise<string[]> {
  const shown = (await sequelize.getQueryInterface().showIndex(model.getTableName() as string)) as ShownIndex[]
  return shown.filter(({ fields }) => fields[0]?.attribute === column).map(({ name }) => name)
}

describeEach('the indexes that are added', (open, { server }) => {
  it('have names that the database takes, however long the name of the table is', async () => {
    const sequelize = open()
    for (const length of [40, 54, 63]) {
      const Sessions = createSessionModel(sequelize, `sequelize_index_${'long_name_'.repeat(6)}`.slice(0, length))
      for (const options of [{ force: true }, {}, { alter: true }]) await sequelize.sync(options)
      expect(await indexesOn(sequelize, Sessions)).to.have.lengthOf(1)
      await managerOf(Sessions).set('id', { note: 1 })
    }
  })

  it('have names that no other table has', async () => {
    const sequelize = open()
    const models = ['sequelizeIndexCase', 'sequelize_index_case'].map((name) => createSessionModel(sequelize, name))
    await sequelize.sync({ force: true })
    const names = await Promise.all(models.map((model) => indexesOn(sequelize, model)))
    expect(names.map(({ length }) => length)).to.deep.equal([1, 1])
    expect(names[0]).to.not.deep.equal(names[1])
  })

  it('are those that the table has, under other names', async () => {
    const sequelize = open()
    @SessionModel({ tableName: 'sequelize_index_before', columns: { id: 'session_id' } })
    class WebSession extends Model {}
    const Sessions = registerSessionModel(sequelize, WebSession)
    await sequelize.sync({ force: true })
    const database = sequelize.getQueryInterface()
    for (const name of await indexesOn(sequelize, Sessions)) await database.removeIndex(Sessions.tableName, name)
    await database.addIndex(Sessions.tableName, ['expires'], { name: 'sequelize_index_before_expires' })
    for (const options of [{}, { alter: true }, { alter: true }]) await sequelize.sync(options)
    expect(await indexesOn(sequelize, Sessions)).to.deep.equal(['sequelize_index_before_expires'])
  })

  if (server === 'postgres') {
    it('have names of their own in each schema', async () => {
      const sequelize = open({ schema: 'sequelize_index_schema' } as never)
      await sequelize.query('create schema if not exists sequelize_index_schema')
      const Sessions = createSessionModel(sequelize, 'sequelize_index_in_schema')
      for (const options of [{ force: true }, {}, { alter: true }]) await sequelize.sync(options)
      await managerOf(Sessions).set('id', { note: 1 })
      expect(await managerOf(Sessions).get('id')).to.deep.equal({ note: 1 })
      await sequelize.query('drop schema sequelize_index_schema cascade')
    })
  }
})
