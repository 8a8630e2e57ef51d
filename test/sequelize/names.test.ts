import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { createSessionModel, registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Model } from 'sequelize-typescript'
import { expectError } from '../support/errors.js'
import { describeEach } from './support/databases.js'
import { managerOf } from './support/manager.js'

const odd = ["a'b", 'a"b', 'a`b', 'a$b', ':name', '?', '%s', 'a b', 'UPPER', 'select', 'żółć', 'a->b', 'a\\b']
const unusable = ['$1', '$a$', 'a(b)', '*', '__proto__', 'constructor', 'a\0b']

describeEach('names of columns', (open, { server }) => {
  for (const name of [...odd, 'a.b']) {
    it(`can be ${JSON.stringify(name)}`, async () => {
      @SessionModel({ tableName: 'sequelize_names_id', columns: { id: name } })
      class OddId extends Model {
        @Column(DataType.INTEGER) declare userId: number | null
      }
      @SessionModel({ tableName: 'sequelize_names_custom' })
      class OddColumn extends Model {
        @Column({ type: DataType.INTEGER, field: name }) declare userId: number | null
      }
      const sequelize = open()
      for (const model of [OddId, OddColumn]) {
        const Sessions = registerSessionModel(sequelize, model)
        await Sessions.sync({ force: true })
        const manager = managerOf(Sessions)
        await manager.set('id', { userId: 1 })
        await manager.set('id', { userId: 2, note: 1 })
        expect(await manager.get('id')).to.deep.equal({ userId: 2, note: 1 })
        expect(await manager.list({ userId: 2 })).to.have.lengthOf(1)
        expect(await manager.revoke({ userId: 2 })).to.equal(1)
      }
    })
  }

  const tooLong = server ? ['x'.repeat(70)] : []
  const others = server === 'mariadb' ? ['a ', '🐎'] : server === 'postgres' ? ['ż'.repeat(32)] : []
  for (const name of [...unusable, ...tooLong, ...others]) {
    it(`cannot be ${JSON.stringify(name)}`, async () => {
      const sequelize = open()
      for (const role of ['id', 'data', 'expires', 'createdAt', 'version']) {
        @SessionModel({ tableName: 'sequelize_names_refused', columns: { [role]: name } })
        class WebSession extends Model {}
        await expectError('NAME_UNUSABLE', () => registerSessionModel(sequelize, WebSession))
      }
      @SessionModel({ tableName: 'sequelize_names_refused' })
      class WebSession extends Model {
        @Column({ type: DataType.INTEGER, field: name }) declare userId: number | null
      }
      await expectError('NAME_UNUSABLE', () => registerSessionModel(sequelize, WebSession))
      expect(sequelize.modelManager.models).to.deep.equal([])
    })
  }

  it('have no dot where rows are put in order', async () => {
    @SessionModel({ tableName: 'sequelize_names_refused', columns: { expires: 'a.b' } })
    class WebSession extends Model {}
    await expectError('NAME_UNUSABLE', () => registerSessionModel(open(), WebSession))
  })

  it('of tables are tried as well', async () => {
    const sequelize = open()
    for (const name of ['a.b', "a'b", '$a$', '*', ...tooLong]) {
      await expectError('NAME_UNUSABLE', () => createSessionModel(sequelize, name))
    }
    expect(sequelize.modelManager.models).to.deep.equal([])
  })
})
