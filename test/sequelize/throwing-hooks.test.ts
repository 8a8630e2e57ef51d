import { expect } from 'chai'
import { SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { afterEach, it } from 'mocha'
import { Column, DataType, Model, Sequelize, type SequelizeOptions } from 'sequelize-typescript'
import { expectError } from '../support/errors.js'
import { openSession } from '../support/open-session.js'
import { describeEach } from './support/databases.js'
import { managerOf } from './support/manager.js'
import { rowOf } from './support/writes.js'

describeEach('what throws', (_, database) => {
  const opened: Sequelize[] = []
  afterEach(async () => {
    for (const sequelize of opened.splice(0)) {
      await sequelize.drop({})
      await sequelize.close()
    }
  })

  async function store(options: SequelizeOptions = {}) {
    @SessionModel({ tableName: 'sequelize_throwing' })
    class WebSession extends Model {
      @Column(DataType.INTEGER) declare userId: number | null
    }
    const sequelize = new Sequelize({ ...database.connection({}), logging: false, ...options })
    opened.push(sequelize)
    const Sessions = registerSessionModel(sequelize, WebSession)
    await Sessions.sync({ force: true })
    return { Sessions, manager: managerOf(Sessions) }
  }

  /** Sessions `a` and `b`, and a hook that fails while `state.fails`. */
  async function failing(name: string) {
    const { Sessions, manager } = await store()
    await manager.set('a', { userId: 1 })
    await manager.set('b', { userId: 1 })
    const state = { fails: true }
    Sessions.addHook(name as 'beforeFind', () => {
      if (state.fails) throw new Error('The application refuses.')
    })
    return { manager, state }
  }

  it('a hook before an update: the session stays as it was', async () => {
    const { manager, state } = await failing('beforeBulkUpdate')
    const { message } = await expectError('BACKEND_FAILED', () => manager.set('a', { userId: 2 }))
    expect(message).to.match(
      /^Code that runs with .* has thrown an? Error at .*throwing-hooks.*; see the cause\. Look at the hooks/,
    )
    state.fails = false
    expect(await manager.get('a')).to.deep.equal({ userId: 1 })
  })

  it('a hook before an insert: there is no session', async () => {
    const { manager, state } = await failing('beforeCreate')
    await expectError('BACKEND_FAILED', () => manager.set('c', { userId: 2 }))
    state.fails = false
    expect(await manager.get('c')).to.equal(undefined)
  })

  it('a hook before a removal: no session has ended', async () => {
    const { manager, state } = await failing('beforeBulkDestroy')
    await expectError('BACKEND_FAILED', () => manager.revoke({ userId: 1 }))
    state.fails = false
    expect(await manager.list({ userId: 1 })).to.have.lengthOf(2)
  })

  for (const name of ['beforeFind', 'beforeFindAfterOptions', 'afterFind']) {
    it(`a hook ${name}: that is an error, and no empty session`, async () => {
      const { manager, state } = await failing(name)
      await expectError('BACKEND_FAILED', () => manager.get('a'))
      await expectError('BACKEND_FAILED', () => openSession(manager, 'a'))
      state.fails = false
      expect(await manager.get('a')).to.deep.equal({ userId: 1 })
    })
  }

  it('a hook after an update: that is an error, and what was written stays', async () => {
    const { manager, state } = await failing('afterBulkUpdate')
    await expectError('BACKEND_FAILED', () => manager.set('a', { userId: 2 }))
    state.fails = false
    expect(await manager.get('a')).to.deep.equal({ userId: 2 })
  })

  it('a statement: `retry` of the instance does not send it again', async () => {
    const sent: string[] = []
    const logging = (sql: string): void => void sent.push(sql)
    const { Sessions } = await store({ retry: { max: 3, match: [/./] }, logging })
    const backend = Sessions[sessionBackend]()
    await backend.insert([rowOf('x'.repeat(64))])
    sent.length = 0
    await expectError('BACKEND_FAILED', () => backend.insert([rowOf('x'.repeat(64))]))
    expect(sent.filter((sql) => sql.includes('INSERT'))).to.have.lengthOf(1)
  })

  it('a validator that comes late refuses from then on', async () => {
    const { Sessions, manager } = await store()
    await manager.set('a', { userId: 1 })
    await manager.set('a', { userId: 2 })
    const { userId } = Sessions.getAttributes() as Record<string, object>
    Object.assign(userId as object, { validate: { max: 5 } })
    Reflect.apply(Reflect.get(Sessions, 'refreshAttributes') as () => void, Sessions, [])
    await expectError('BACKEND_FAILED', () => manager.set('a', { userId: 6 }))
    await manager.set('a', { userId: 5 })
    expect(await manager.get('a')).to.deep.equal({ userId: 5 })
  })

  it('a model that is added again is used as it is then', async () => {
    const { Sessions, manager } = await store()
    await manager.set('a', { userId: 1 })
    const again = new Sequelize({ ...database.connection({}), logging: false, define: { underscored: true } })
    opened.push(again)
    again.addModels([Sessions as never])
    await Sessions.sync({ force: true })
    expect(await manager.get('a')).to.equal(undefined)
    await manager.set('a', { userId: 2 })
    expect(await Sessions.count({ where: { userId: 2 } })).to.equal(1)
    expect(await manager.get('a')).to.deep.equal({ userId: 2 })
  })
})
