import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mock } from 'node:test'
import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel, SequelizeSessionBackend } from 'koa-session-model/sequelize'
import type { Transaction } from 'sequelize'
import { Column, DataType, Model, Sequelize, Table } from 'sequelize-typescript'
import { latch } from '../koa/support/latch.js'
import { expectError } from '../support/errors.js'
import { idle, whileTimeFlies } from '../support/passing-time.js'
import { useCls } from './support/cls.js'
import { describeSqlite } from './support/databases.js'
import { managerOf } from './support/manager.js'

/** Registers a model, with sessions to change and to end, beside a model of the application. */
async function store(sequelize: Sequelize) {
  @Table({ tableName: 'notes', timestamps: false })
  class Note extends Model {
    @Column(DataType.STRING) declare text: string
  }
  @SessionModel({ tableName: 'memory_transactions' })
  class WebSession extends Model {
    @Column(DataType.INTEGER) declare userId: number | null
  }
  sequelize.addModels([Note])
  const Sessions = registerSessionModel(sequelize, WebSession)
  await sequelize.sync({ force: true })
  const manager = managerOf(Sessions)
  await manager.set('changed', { userId: 1 })
  await manager.set('ended', { userId: 2 })
  const users = async () => Promise.all(['new', 'changed', 'ended'].map(async (id) => (await manager.get(id))?.userId))
  /** What another request does to its sessions. */
  const change = () =>
    Promise.all([manager.set('new', { userId: 3 }), manager.set('changed', { userId: 4 }), manager.delete('ended')])
  /** Rolls back a transaction of the application, in which `work` is done. */
  const rollBack = async (work: (transaction: Transaction) => Promise<unknown>) => {
    const rolledBack = sequelize.transaction(async (transaction) => {
      await Note.create({ text: 'x' }, { transaction })
      await work(transaction)
      throw new Error('rolled back')
    })
    expect(await rolledBack.catch((error: Error) => error.message)).to.equal('rolled back')
    expect(await Note.count()).to.equal(0)
  }
  return { sequelize, Note, Sessions, manager, users, change, rollBack }
}

const before = [undefined, 1, 2]
const after = [3, 4, undefined]

describeSqlite('transactions of the application on the one connection of Sequelize in memory', (open) => {
  afterEach(() => mock.restoreAll())

  it('take nothing back of what other requests store, which waits for their end', async () => {
    const { users, change, rollBack } = await store(open())
    let changed: Promise<unknown> | undefined
    await rollBack(async () => {
      changed = change()
      await idle()
      expect(await users()).to.deep.equal(before)
    })
    await changed
    expect(await users()).to.deep.equal(after)
  })

  it('are not joined from inside: storing fails after five seconds, and nothing is stored', async () => {
    const { Sessions, manager, users, change, rollBack } = await store(open())
    const backend = new SequelizeSessionBackend(Sessions)
    const [row] = await backend.list({ userId: 1 }, new Date(), 1)
    if (!row) throw new Error('There is no row.')
    const { id, version, expires } = row
    const now = new Date()
    const refused = (write: () => Promise<unknown>) => expectError('TRANSACTION_OPEN', write)
    await rollBack(() =>
      whileTimeFlies(async () => {
        await refused(() => manager.set('new', { userId: 3 }))
        await refused(() => backend.insert([{ ...row, id: 'other' }]))
        await refused(() => backend.update([{ id, version, now, values: { data: '{"a":1}' } }]))
        await refused(() => backend.touch([{ id, version, now, expires: now }]))
        await refused(() => backend.delete([id]))
        await refused(() => backend.deleteWhere({ userId: 1 }, []))
        await refused(() => backend.deleteExpired(new Date(expires.getTime() + 1), [id]))
        await refused(() => backend.deleteAll())
      }),
    )
    expect(await users()).to.deep.equal(before)
    expect(await backend.find([id])).to.deep.equal([row])
    await change()
    expect(await users()).to.deep.equal(after)
  })

  type Nest = (sequelize: Sequelize, transaction: Transaction) => Promise<unknown>
  const nested: Record<string, Nest> = {
    committed: (sequelize, transaction) => sequelize.transaction({ transaction }, async () => {}),
    'rolled back': async (sequelize, transaction) => {
      const inner = await sequelize.transaction({ transaction })
      await inner.rollback()
    },
    'rolled back after the one around them': async (sequelize, transaction) => {
      const outer = await sequelize.transaction({ transaction })
      const inner = await sequelize.transaction({ transaction: outer })
      await outer.commit()
      await inner.rollback()
    },
  }
  for (const [end, nest] of Object.entries(nested)) {
    it(`go on after nested ones that are ${end}`, async () => {
      const { sequelize, users, change, rollBack } = await store(open())
      let changed: Promise<unknown> | undefined
      await rollBack(async (transaction) => {
        await nest(sequelize, transaction)
        changed = change()
        await idle()
        expect(await users()).to.deep.equal(before)
      })
      await changed
      expect(await users()).to.deep.equal(after)
    })
  }

  it('hold nobody up if they are older than the model, and end', async () => {
    const sequelize = open()
    const older = await sequelize.transaction()
    const { users, change } = await store(sequelize)
    await older.commit()
    await change()
    expect(await users()).to.deep.equal(after)
  }).timeout(4000)

  it('count with an isolation level, and if Sequelize knows them from the context', async () => {
    const stopCls = useCls()
    try {
      const { sequelize, Note, users, change } = await store(open({ isolationLevel: 'READ UNCOMMITTED' as never }))
      let changed: Promise<unknown> | undefined
      const rolledBack = sequelize.transaction(async () => {
        await Note.create({ text: 'x' })
        changed = change()
        await idle()
        throw new Error('rolled back')
      })
      expect(await rolledBack.catch((error: Error) => error.message)).to.equal('rolled back')
      await changed
      expect(await users()).to.deep.equal(after)
      expect(await Note.count()).to.equal(0)
    } finally {
      stopCls()
    }
  })

  it('wait for a session that is being stored', async () => {
    const { sequelize, Note, Sessions, manager, users, rollBack } = await store(open())
    const [reached, released] = [latch(), latch()]
    Sessions.addHook('beforeCreate', async () => {
      reached.open()
      await released.promise
    })
    const stored = manager.set('new', { userId: 3 })
    await reached.promise
    const works = ['first', 'second'].map((text) =>
      sequelize.transaction((transaction) => Note.create({ text }, { transaction })),
    )
    await idle()
    expect(await Note.count()).to.equal(0)
    released.open()
    await Promise.all([stored, ...works])
    expect(await Note.count()).to.equal(2)
    await Note.destroy({ where: {} })
    await rollBack(async () => {})
    expect(await users()).to.deep.equal([3, 1, 2])
  })

  it('may be opened by a hook of a session that is being stored', async () => {
    const { sequelize, Note, Sessions, manager, users } = await store(open())
    Sessions.addHook('beforeCreate', async () => {
      await sequelize.transaction((transaction) => Note.create({ text: 'a new session' }, { transaction }))
    })
    await manager.set('new', { userId: 3 })
    expect(await Note.count()).to.equal(1)
    expect(await users()).to.deep.equal([3, 1, 2])
  }).timeout(4000)

  it('do not spoil the first use of sessions', async () => {
    const { sequelize, Sessions } = await store(open())
    const manager = managerOf(Sessions)
    await sequelize.transaction(async () => {
      expect(await manager.get('changed')).to.deep.equal({ userId: 1 })
    })
    expect(await manager.get('ended')).to.deep.equal({ userId: 2 })
  })

  it('of another instance hold no session up', async () => {
    const { rollBack } = await store(open())
    const { users, change } = await store(open())
    await rollBack(change)
    expect(await users()).to.deep.equal(after)
  })

  it('hold up the sessions of every model of the instance', async () => {
    const { sequelize, rollBack } = await store(open())
    @SessionModel({ tableName: 'memory_transactions_others' })
    class OtherSession extends Model {}
    const Others = registerSessionModel(sequelize, OtherSession)
    await Others.sync()
    const others = managerOf(Others)
    await rollBack(() => whileTimeFlies(() => expectError('TRANSACTION_OPEN', () => others.set('other', {}))))
    expect(await Others.count()).to.equal(0)
  })

  it('hold nobody up for ever if they were rolled back behind the back of Sequelize', async () => {
    const { sequelize, users, change, rollBack } = await store(open())
    mock.method(console, 'warn', () => {})
    await rollBack((transaction) => sequelize.query('ROLLBACK', { transaction })).catch(() => {})
    await change()
    expect(await users()).to.deep.equal(after)
  }).timeout(4000)

  it('hold nobody up for ever if a hook of the application fails at their end', async () => {
    const sequelize = new Sequelize({
      dialect: 'sqlite',
      storage: ':memory:',
      logging: false,
      hooks: {
        afterQuery: ({ completesTransaction }: { completesTransaction?: boolean }) => {
          if (completesTransaction) throw new Error('no end')
        },
      } as never,
    })
    const { users, change } = await store(sequelize)
    mock.method(console, 'warn', () => {})
    await sequelize.transaction(async () => {}).catch(() => {})
    await whileTimeFlies(change)
    expect(await users()).to.deep.equal(after)
    await sequelize.close()
  })
})

describe('the dialect sqlite of Sequelize', () => {
  it('has hooks for transactions only where it has one connection', async () => {
    const hooked: boolean[] = []
    const folder = mkdtempSync(join(tmpdir(), 'sessions-'))
    for (const storage of [':memory:', undefined, join(folder, 'a.db')]) {
      const sequelize = new Sequelize({ dialect: 'sqlite', logging: false, ...(storage && { storage }) })
      await store(sequelize)
      hooked.push(Boolean(sequelize.hasHook('afterQuery')))
      await sequelize.close()
    }
    rmSync(folder, { recursive: true })
    expect(hooked).to.deep.equal([true, true, false])
  })
})
