import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Model, type Sequelize, Table } from 'sequelize-typescript'
import { expectError } from '../support/errors.js'
import { describeEach } from './support/databases.js'
import { managerOf } from './support/manager.js'

const table = 'sequelize_existing_rows'
const settings = { tableName: table, timestamps: false, underscored: true }

const keys = {
  'an integer': { type: DataType.INTEGER, primaryKey: true, autoIncrement: true, field: 'id' },
  'a uuid': { type: DataType.UUID, primaryKey: true, defaultValue: DataType.UUIDV4, field: 'id' },
}

function newModel(key: object | undefined) {
  @Table(settings)
  @SessionModel(key ? { columns: { id: 'session_id', expires: 'valid_until' } } : {})
  class WebSession extends Model {
    @Column(DataType.INTEGER) declare userId: number | null
  }
  if (key) Column(key)(WebSession.prototype, 'key')
  return WebSession
}

async function createRows(sequelize: Sequelize, key: object): Promise<void> {
  @Table(settings)
  class OldSession extends Model {
    @Column(DataType.INTEGER) declare userId: number | null
  }
  Column(key)(OldSession.prototype, 'key')
  sequelize.addModels([OldSession])
  await OldSession.sync({ force: true })
  for (const userId of [1, 2]) await OldSession.create({ userId })
  sequelize.modelManager.removeModel(OldSession as never)
}

async function indexesOn(sequelize: Sequelize): Promise<string[]> {
  const shown = await sequelize.getQueryInterface().showIndex(table)
  const indexes = shown as { name: string; primary?: boolean; fields: { attribute: string }[] }[]
  const found = indexes.filter(({ name, primary }) => !primary && !name.startsWith('sqlite_autoindex'))
  return found.map(({ fields }) => fields.map(({ attribute }) => attribute).join()).sort()
}

describeEach('a table with rows', (open) => {
  for (const [name, key] of Object.entries(keys)) {
    for (const isListed of [false, true]) {
      it(`whose key is ${name} gets the columns by sync({ alter: true })${isListed ? ', registered late' : ''}`, async () => {
        const sequelize = open()
        await createRows(sequelize, key)
        const model = newModel(key)
        if (isListed) sequelize.addModels([model])
        const Sessions = registerSessionModel(sequelize, model)
        const error = await expectError('COLUMN_MISSING', () => Sessions.sync())
        expect(error.message).to.contain('WebSession').and.contain('session_id, data, valid_until, created_at, version')
        for (const options of [{ alter: true }, {}, { alter: true }]) await Sessions.sync(options)
        expect(await indexesOn(sequelize)).to.deep.equal(['session_id', 'valid_until'])
        const rows = await Sessions.findAll({ order: ['userId'] })
        for (const row of rows) expect(row).to.include({ id: null, expired: true, active: false, version: 1, data: '' })
        expect(rows.map(({ userId, expires }) => [userId, expires.getTime()])).to.deep.equal([
          [1, 0],
          [2, 0],
        ])
        const manager = managerOf(Sessions)
        await manager.set('id', { userId: 1, note: 1 })
        expect(await manager.get('id')).to.deep.equal({ userId: 1, note: 1 })
        expect(await manager.list({ userId: 1 })).to.have.lengthOf(1)
        expect(await manager.deleteExpired()).to.equal(0)
        expect(await Sessions.destroy({ where: Sessions.expired })).to.equal(2)
        await Sessions.drop()
      })
    }

    it(`whose key is ${name} is refused where the session's id is to be the key`, async () => {
      const sequelize = open()
      await createRows(sequelize, key)
      const Sessions = registerSessionModel(sequelize, newModel(undefined))
      const error = await expectError('COLUMN_TYPE', () => Sessions.sync({ alter: true }))
      expect(error.message).to.contain("primary key 'id'").and.contain('session_id')
      await Sessions.sync({ force: true })
      await managerOf(Sessions).set('id', { userId: 1 })
      await Sessions.drop()
    })
  }

  it('gets an index of ours unless the model has one that does what it is to do', async () => {
    for (const unique of [true, false]) {
      const sequelize = open()
      @Table({ ...settings, indexes: [{ name: `existing_rows_${unique}`, fields: ['session_id'], unique }] })
      @SessionModel({ columns: { id: 'session_id' } })
      class WebSession extends Model {}
      Column(keys['an integer'])(WebSession.prototype, 'key')
      const Sessions = registerSessionModel(sequelize, WebSession)
      await Sessions.sync({ force: true })
      await Sessions.sync()
      const onId = (await indexesOn(sequelize)).filter((column) => column === 'session_id')
      expect(onId).to.have.lengthOf(unique ? 1 : 2)
      await Sessions.drop()
    }
  })
})
