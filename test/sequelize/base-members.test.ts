import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { createSessionModel, registerSessionModel } from 'koa-session-model/sequelize'
import {
  BeforeCreate,
  BeforeUpdate,
  BeforeValidate,
  Column,
  DataType,
  DefaultScope,
  Index,
  Is,
  Length,
  Model,
  Scopes,
  Table,
} from 'sequelize-typescript'
import { expectError } from '../support/errors.js'
import { describeEach } from './support/databases.js'
import { managerOf } from './support/manager.js'

function makeBase() {
  const calls: string[] = []
  @DefaultScope(() => ({ attributes: { exclude: ['note'] } }))
  @Scopes(() => ({ noted: { where: { note: 'base' } } }))
  @Table({ timestamps: true, createdAt: false })
  abstract class AppModel extends Model {
    @Index @Column(DataType.STRING) declare note: string | null
    @Length({ max: 5, msg: 'code is too long' }) @Column(DataType.STRING) declare code: string | null

    @BeforeValidate static baseValidates(): void {
      calls.push('base validates')
    }

    @BeforeCreate static baseCreates(row: AppModel): void {
      calls.push('base creates')
      row.note = 'base'
    }

    static kind(): string {
      // biome-ignore lint/complexity/noThisInStatic: that it is the model is what is tested
      return `kind of ${this.name}`
    }

    describe(): string {
      return `${this.note} in ${this.constructor.name}`
    }
  }
  return { AppModel, calls }
}

function makePlain(tableName: string, calls: string[]) {
  @SessionModel({ tableName })
  class WebSession {
    @Index @Column(DataType.INTEGER) declare userId: number | null
    @Is('even', (value) => {
      if (Number(value) % 2 !== 0) throw new Error('group is odd')
    })
    @Column(DataType.INTEGER)
    declare group: number | null

    @BeforeCreate static modelCreates(): void {
      calls.push('model creates')
    }

    @BeforeUpdate static modelUpdates(): void {
      calls.push('model updates')
    }

    static purpose(): string {
      return 'sessions'
    }

    get isOwned(): boolean {
      return this.userId !== null
    }
  }
  return WebSession
}

describeEach('a model on a base of its own', (open) => {
  function register(tableName: string) {
    const { AppModel, calls } = makeBase()
    const Sessions = registerSessionModel(AppModel, makePlain(tableName, calls))
    const sequelize = open({ models: [Sessions] })
    return { AppModel, Sessions, sequelize, calls }
  }

  it('has the columns and indexes of both', async () => {
    const { Sessions, sequelize } = register('sequelize_base_columns')
    await sequelize.sync({ force: true })
    const columns = await sequelize.getQueryInterface().describeTable(Sessions.tableName)
    const managed = ['id', 'data', 'expires', 'createdAt', 'version']
    expect(Object.keys(columns)).to.have.members([...managed, 'note', 'code', 'userId', 'group', 'updatedAt'])
    type Index = { name: string; fields: { attribute: string }[] }
    const indexes = (await sequelize.getQueryInterface().showIndex(Sessions.tableName)) as Index[]
    const names = indexes.map(({ name }) => name)
    expect(names).to.include.members(['sequelize_base_columns_note', 'sequelize_base_columns_user_id'])
    expect(indexes.map(({ fields }) => fields[0]?.attribute)).to.include('expires')
  })

  it('stores the columns of both as properties, and runs the hooks of both', async () => {
    const { Sessions, sequelize, calls } = register('sequelize_base_hooks')
    await sequelize.sync({ force: true })
    const manager = managerOf(Sessions)
    await manager.set('id', { userId: 1, code: 'abc', cart: [] })
    expect(calls).to.deep.equal(['base validates', 'base creates', 'model creates'])
    expect(await manager.get('id')).to.deep.equal({ userId: 1, code: 'abc', note: 'base', group: null, cart: [] })
  })

  it('has the methods, accessors and static methods of both', async () => {
    const { AppModel, Sessions, sequelize } = register('sequelize_base_methods')
    await sequelize.sync({ force: true })
    await managerOf(Sessions).set('id', { userId: 1 })
    const row = await Sessions.unscoped().findOne({ rejectOnEmpty: true })
    expect(row).to.be.instanceOf(AppModel)
    expect(row).to.include({ isOwned: true, expired: false })
    expect(row.describe()).to.equal('base in WebSession')
    expect([Sessions.kind(), Sessions.purpose()]).to.deep.equal(['kind of WebSession', 'sessions'])
  })

  it('has the scopes of the base, which sessions are not subject to', async () => {
    const { Sessions, sequelize } = register('sequelize_base_scopes')
    await sequelize.sync({ force: true })
    await managerOf(Sessions).set('id', { userId: 1 })
    expect((await Sessions.findOne())?.toJSON()).not.to.have.property('note')
    expect(await Sessions.scope('noted').count({ where: Sessions.active })).to.equal(1)
    expect(await managerOf(Sessions).get('id')).to.have.property('note', 'base')
  })

  it('has the validators of both', async () => {
    const { Sessions, sequelize } = register('sequelize_base_validators')
    await sequelize.sync({ force: true })
    const manager = managerOf(Sessions)
    const long = await expectError('BACKEND_FAILED', () => manager.set('id', { code: 'abcdef' }))
    expect(long.message).to.contain('code is too long')
    const odd = await expectError('BACKEND_FAILED', () => manager.set('id', { group: 3 }))
    expect(odd.message).to.contain('group is odd')
    expect(await Sessions.count()).to.equal(0)
  })

  it('leaves the base as it was, and another model on it', async () => {
    const { AppModel, Sessions, sequelize } = register('sequelize_base_first')
    const Others = createSessionModel(AppModel, 'sequelize_base_second')
    sequelize.addModels([Others])
    await sequelize.sync({ force: true })
    await managerOf(Others).set('id', { note: 'x' })
    expect([await Sessions.count(), await Others.count()]).to.deep.equal([0, 1])
    expect(Reflect.ownKeys(AppModel)).not.to.include('expired')
    const indexes = (await sequelize.getQueryInterface().showIndex(Others.tableName)) as { name: string }[]
    expect(indexes.map(({ name }) => name)).to.include('sequelize_base_second_note')
  })
})
