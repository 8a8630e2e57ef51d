import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Index, Model, Table } from 'sequelize-typescript'
import { describeEach } from './support/databases.js'
import { managerOf } from './support/manager.js'

const moment = new Date('2026-10-25T00:30:00Z')

/** A type of column, and values that come back as they were, or as the function says. */
const types: readonly { name: string; type: object; values: readonly unknown[]; not?: readonly string[] }[] = [
  { name: 'INTEGER', type: DataType.INTEGER, values: [0, 1, -7] },
  { name: 'DOUBLE', type: DataType.DOUBLE, values: [0, 1.5] },
  { name: 'BOOLEAN', type: DataType.BOOLEAN, values: [false, true] },
  { name: 'STRING', type: DataType.STRING, values: ['', 'żółć 👩', "O'Brien \\ % ?"] },
  { name: 'TEXT', type: DataType.TEXT, values: ['', 'x'.repeat(5000)] },
  { name: 'ENUM', type: DataType.ENUM('user', 'admin'), values: ['user', 'admin'] },
  { name: 'DATE', type: DataType.DATE, values: [moment, new Date(0)] },
  { name: 'DATEONLY', type: DataType.DATEONLY, values: ['2026-03-14'] },
  { name: 'UUID', type: DataType.UUID, values: ['f81d4fae-7dec-11d0-a765-00a0c91e6bf6'] },
  // Sequelize's mysql dialect does not know that MariaDB's JSON is text.
  { name: 'JSON', type: DataType.JSON, values: [{ a: [1, null, 'x'], b: { c: false } }, [1, 2]], not: ['mysql'] },
]

describeEach('columns as properties of the session', (open, { name: database }) => {
  for (const { name, type, values, not } of types) {
    it(`${name}${not ? ' (skipped with mysql on MariaDB: JSON is text there)' : ''}`, async function () {
      const sequelize = open()
      if (not?.includes(sequelize.getDialect())) return this.skip()
      @SessionModel({ tableName: `sequelize_properties_${name.toLowerCase()}` })
      class WebSession extends Model {
        @Column({ type: type as never, field: 'its_value' }) declare value: unknown
      }
      const Sessions = registerSessionModel(sequelize, WebSession)
      await Sessions.sync({ force: true })
      const manager = managerOf(Sessions)
      for (const value of [...values, null]) {
        await manager.set('id', { value, other: 1 })
        expect(await manager.get('id'), database).to.deep.equal({ value, other: 1 })
        expect((await Sessions.findOne({ rejectOnEmpty: true })).data).to.equal('{"other":1}')
      }
    })
  }

  it('numbers that JavaScript has no exact type for are what Sequelize makes of them', async () => {
    @SessionModel({ tableName: 'sequelize_properties_exact' })
    class WebSession extends Model {
      @Column(DataType.BIGINT) declare big: string | number | null
      @Column(DataType.DECIMAL(10, 2)) declare price: string | number | null
    }
    const Sessions = registerSessionModel(open(), WebSession)
    await Sessions.sync({ force: true })
    const manager = managerOf(Sessions)
    await manager.set('id', { big: 9_007_199_254_740_991, price: 0.5 })
    const { big, price } = (await manager.get('id')) ?? {}
    expect([Number(big), Number(price)]).to.deep.equal([9_007_199_254_740_991, 0.5])
    expect(await Sessions.findOne()).to.include({ big, price })
  })

  it('find and end sessions', async () => {
    @SessionModel({ tableName: 'sequelize_properties_where' })
    class WebSession extends Model {
      @Column({ type: DataType.INTEGER, field: 'user_id' }) declare userId: number | null
      @Column(DataType.BOOLEAN) declare trusted: boolean | null
      @Column(DataType.DATE) declare seen: Date | null
    }
    const Sessions = registerSessionModel(open(), WebSession)
    await Sessions.sync({ force: true })
    const manager = managerOf(Sessions)
    await manager.set('a', { userId: 0, trusted: false, seen: moment })
    await manager.set('b', { userId: 1, trusted: true })
    await manager.set('c', { userId: 1 })
    const users = async (where: Parameters<typeof manager.list>[0]) =>
      (await manager.list(where)).map(({ properties }) => properties.userId).sort()
    expect(await users({ userId: 0 })).to.deep.equal([0])
    expect(await users({ trusted: false })).to.deep.equal([0])
    expect(await users({ seen: moment })).to.deep.equal([0])
    expect(await users({ trusted: null })).to.deep.equal([1])
    expect(await manager.revoke({ userId: 1, trusted: true })).to.equal(1)
    expect(await users({ userId: 1 })).to.deep.equal([1])
  })

  it('may have an index and a unique index', async () => {
    @Table({ indexes: [{ fields: ['label'] }], timestamps: false })
    @SessionModel({ tableName: 'sequelize_properties_indexed' })
    class WebSession extends Model {
      @Index({ unique: true }) @Column(DataType.INTEGER) declare userId: number | null
      @Column({ type: DataType.STRING(50), unique: true }) declare handle: string | null
      @Column(DataType.STRING(50)) declare label: string | null
    }
    const Sessions = registerSessionModel(open(), WebSession)
    await Sessions.sync({ force: true })
    const manager = managerOf(Sessions)
    await manager.set('a', { handle: 'x' })
    await manager.set('b', { handle: null })
    await manager.set('c', {})
    const error: unknown = await manager.set('d', { handle: 'x' }).catch((thrown: unknown) => thrown)
    expect(error).to.have.property('code', 'BACKEND_FAILED')
    expect(error).to.have.property('message').that.contains('handle')
    expect(await Sessions.count()).to.equal(3)
  })
})
