import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Index, Model, Sequelize, Table } from 'sequelize-typescript'
import { openSession } from '../support/open-session.js'
import { managerOf } from './support/manager.js'
import { rowOf, updateOf } from './support/writes.js'

const at = new Date('2026-03-29T02:30:00.123Z')

/** Values that both columns of each kind get. */
const examples: readonly Record<string, unknown>[] = [
  { userId: 7, name: "$1 :a ? '", at, day: '2026-03-14', tags: { a: ["it's"] }, bytes: Buffer.from([0, 255]) },
  { userId: null, name: null, at: null, day: null, tags: null, bytes: null, isAdmin: false, price: '1.50' },
]

describe('writes that go together: Sequelize, sqlite3, in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sessions-'))
  const opened: Sequelize[] = []
  const statements: string[] = []

  after(async () => {
    for (const sequelize of opened) await sequelize.close()
    rmSync(folder, { recursive: true })
  })

  function newModel() {
    @Table({ tableName: 'sequelize_batched', timestamps: true, paranoid: true, underscored: true })
    @SessionModel({ columns: { id: 'session_id' } })
    class BatchedSession extends Model {
      @Column(DataType.INTEGER) declare userId: number | null
      @Index({ unique: true }) @Column(DataType.STRING) declare name: string | null
      @Column(DataType.DATE) declare at: Date | null
      @Column(DataType.DATEONLY) declare day: string | null
      @Column(DataType.JSON) declare tags: unknown
      @Column(DataType.BLOB) declare bytes: Buffer | null
      @Column(DataType.BOOLEAN) declare isAdmin: boolean | null
      @Column(DataType.DECIMAL(10, 2)) declare price: string | null
    }
    return BatchedSession
  }

  function connect(storage: string) {
    const sequelize = new Sequelize({ dialect: 'sqlite', storage, logging: (sql) => void statements.push(sql) })
    opened.push(sequelize)
    const Sessions = registerSessionModel(sequelize, newModel())
    return { sequelize, Sessions, backend: Sessions[sessionBackend]() }
  }

  async function open(name: string) {
    const storage = name === ':memory:' ? name : join(folder, name)
    const store = connect(storage)
    await store.Sessions.sync({ force: true })
    await store.backend.insert(['a', 'b', 'c'].map(rowOf))
    statements.length = 0
    return { ...store, storage }
  }

  const updates = () => statements.filter((sql) => sql.includes('UPDATE'))

  it('are one statement, and each row gets what is its own', async () => {
    const { backend } = await open('one')
    expect(backend.batchesWrites?.()).to.equal(true)
    const rows = ['a', 'b', 'c'].map((id, n) => updateOf(id, 1, { userId: n }))
    expect(await backend.update(rows)).to.deep.equal([true, true, true])
    expect(updates()).to.have.length(1)
    for (const { id, data, version, columns } of await backend.find(['a', 'b', 'c'])) {
      expect({ data, version }).to.deep.equal({ data: `{"of":"${id}"}`, version: 2 })
      expect(columns.userId).to.equal('abc'.indexOf(id))
    }
  })

  it('keep the values of columns of every type, as writes that go alone do', async () => {
    const { backend, Sessions } = await open('types')
    for (const [n, columns] of examples.entries()) {
      const own = (name: string) => ({ ...columns, name: columns.name && `${columns.name} ${name}` })
      expect(await backend.update([updateOf('a', n + 1, own('alone'))])).to.deep.equal([true])
      const both = ['b', 'c'].map((id) => updateOf(id, n + 1, own(id)))
      expect(await backend.update(both)).to.deep.equal([true, true])
      const fields = 'user_id, at, day, tags, bytes, is_admin, price, expires, version'
      const types = ['at', 'tags', 'bytes', 'price', 'expires'].map((name) => `typeof(${name})`)
      const sql = `SELECT DISTINCT ${fields}, ${types} FROM ${Sessions.tableName}`
      expect(await Sessions.sequelize?.query(sql, { plain: false })).to.have.nested.property('[0].length', 1)
    }
    expect((await backend.find(['b']))[0]?.columns).to.include({ isAdmin: false })
  })

  it('tell which rows were not as they should be, or are ended, and write the others', async () => {
    const { backend } = await open('truth')
    await backend.delete(['c'])
    const rows = [updateOf('a', 7), updateOf('b'), updateOf('c'), updateOf('none')]
    expect(await backend.update(rows)).to.deep.equal([null, true, null, null])
    expect(await backend.touch([{ id: 'a', version: 1, now: new Date(), expires: at }])).to.deep.equal([true])
  })

  it('are refused together, and then told to go alone', async () => {
    const { backend } = await open('refused')
    await backend.update([updateOf('c', 1, { name: 'taken' })])
    const rows = [updateOf('a', 1, { name: 'taken' }), updateOf('b', 1, { name: 'free' })]
    expect(await backend.update(rows)).to.deep.equal([null, null])
    expect((await backend.find(['b']))[0]?.version).to.equal(1)
  })

  it('of many requests are few statements, and lose nothing when two processes write the same sessions', async () => {
    const { Sessions, storage } = await open('many')
    const managers = [managerOf(Sessions), managerOf(connect(storage).Sessions)]
    const ids = Array.from({ length: 20 }, (_, n) => `session ${n}`)
    for (const id of ids) await managers[0]?.set(id, { n: 0 })
    const add = async (manager: (typeof managers)[number], id: string): Promise<void> => {
      const session = await openSession(manager, id)
      await session.update(() => session.writable.set('n', Number(session.properties.get('n') ?? 0) + 1))
    }
    statements.length = 0
    await Promise.all(ids.map((id) => add(managers[0] as never, id)))
    expect(updates().length).to.be.within(1, 5)
    await Promise.all(managers.flatMap((manager) => ids.map((id) => add(manager, id))))
    for (const id of ids) expect(await managers[1]?.get(id)).to.include({ n: 3 })
  })

  it('are one statement in memory too', async () => {
    const { backend } = await open(':memory:')
    expect(backend.batchesWrites?.()).to.equal(true)
    expect(await backend.update([updateOf('a'), updateOf('b', 7)])).to.deep.equal([true, null])
    expect(updates()).to.have.lengthOf(1)
  })
})
