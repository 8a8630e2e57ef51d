import { expect } from 'chai'
import { SessionModel, type SessionModelOptions } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { AllowNull, Column, DataType, Model } from 'sequelize-typescript'
import { hashId } from '../../src/core/codec/id.js'
import { expectError } from '../support/errors.js'
import { openSession } from '../support/open-session.js'
import { describeEach } from './support/databases.js'
import { managerOf } from './support/manager.js'

describeEach('managed columns', (open, { server }) => {
  /** Only MySQL has long and short texts. */
  const length = server === 'mariadb' ? 'long' : undefined

  async function store(tableName: string, columns: SessionModelOptions['columns']) {
    @SessionModel({ tableName, ...(columns && { columns }) })
    class WebSession extends Model {
      @Column(DataType.INTEGER) declare userId: number | null
    }
    const Sessions = registerSessionModel(open(), WebSession)
    await Sessions.sync({ force: true })
    const manager = managerOf(Sessions)
    await manager.set('id', { userId: 1, n: 1 })
    await manager.set('id', { userId: 2, n: 2, text: 'żółć 👩‍👧' })
    expect(await manager.get('id')).to.deep.equal({ userId: 2, n: 2, text: 'żółć 👩‍👧' })
    expect(await manager.list({ userId: 2 })).to.have.lengthOf(1)
    expect(await Sessions.count({ where: Sessions.active })).to.equal(1)
    const table = await Sessions.sequelize?.getQueryInterface().describeTable(tableName)
    return { Sessions, manager, table: table as Record<string, { type: string }> }
  }

  it('can all be renamed: the attributes keep their names', async () => {
    const columns = { id: 'sid', data: 'body', expires: 'ends', createdAt: 'began', version: 'revision' }
    const { Sessions, manager, table } = await store('sequelize_columns_renamed', columns)
    expect(Object.keys(table)).to.have.members(['userId', 'sid', 'body', 'ends', 'began', 'revision'])
    const row = await Sessions.findOne({ rejectOnEmpty: true })
    expect(row).to.include({ version: 2, expired: false })
    expect(row.createdAt).to.be.instanceOf(Date)
    expect(await manager.list({ id: row.id })).to.have.lengthOf(1)
    expect(await manager.revoke({ id: row.id })).to.equal(1)
  })

  it('createdAt and version can be left out', async () => {
    const { manager, table } = await store('sequelize_columns_few', { createdAt: false, version: false })
    expect(Object.keys(table)).to.have.members(['userId', 'id', 'data', 'expires'])
    expect(manager.options.backend.capabilities).to.include({ versions: false, creationDates: false })
  })

  it('data can be bytes', async () => {
    const { Sessions } = await store('sequelize_columns_blob', { data: { type: DataType.BLOB(length) } })
    const row = await Sessions.findOne({ rejectOnEmpty: true })
    expect(Buffer.from(row.data).toString()).to.contain('żółć')
  })

  it('id can be shorter', async () => {
    const { manager } = await store('sequelize_columns_short', { id: { length: 64 } })
    expect(manager.options.backend.capabilities.idLength).to.equal(64)
  })

  for (const hashIds of [true, false]) {
    it(`id can have a fixed width, hashIds: ${hashIds}`, async () => {
      const { Sessions } = await store('sequelize_columns_char', { id: { type: DataType.CHAR(100) } })
      const manager = managerOf(Sessions, { hashIds })
      const session = await openSession(manager, undefined)
      session.properties.set('note', 1)
      await session.save()
      await manager.set(session.id, { note: 2 })
      expect((await openSession(manager, session.id)).properties.get('note')).to.equal(2)
      const [listed] = await manager.list({ id: hashIds ? hashId(session.id) : session.id })
      expect(listed?.id).to.equal(hashIds ? hashId(session.id) : session.id)
      await manager.delete(session.id)
      expect(await manager.get(session.id)).to.equal(undefined)
    })
  }

  it('a type can be given by its name', async () => {
    await store('sequelize_columns_typed', { version: { type: 'BIGINT' }, createdAt: { type: DataType.DATE(6) } })
  })

  it('data can be a limited number of characters, which may have several bytes each', async () => {
    const { manager } = await store('sequelize_columns_small', { data: { type: DataType.STRING(300) } })
    const note = '🐎'.repeat(289) // with {"note":""} 300 characters
    await manager.set('id', { note })
    expect(await manager.get('id')).to.deep.equal({ userId: null, note })
    const error = await expectError('DATA_TOO_LARGE', () => manager.set('id', { note: `${note}x` }))
    expect(error.message).to.contain('300 characters')
    await expectError('DATA_TOO_LARGE', () => manager.set('other', { note: 'x'.repeat(290) }))
    expect(await manager.get('id')).to.deep.equal({ userId: null, note })
  })

  it('can be declared by the model', async () => {
    @SessionModel({ tableName: 'sequelize_columns_declared' })
    class Declared extends Model {
      @Column({ type: DataType.STRING(100), primaryKey: true }) declare id: string
      @AllowNull(false) @Column(DataType.TEXT(length)) declare data: string
      @AllowNull(false) @Column(DataType.DATE) declare expires: Date
      @AllowNull(false) @Column(DataType.DATE) declare createdAt: Date
      @AllowNull(false) @Column(DataType.INTEGER) declare version: number
    }
    const Sessions = registerSessionModel(open(), Declared)
    await Sessions.sync({ force: true })
    const manager = managerOf(Sessions)
    await manager.set('id', { n: 1 })
    await manager.set('id', { n: 2 })
    expect(await manager.get('id')).to.deep.equal({ n: 2 })
    expect(await Sessions.findOne()).to.include({ version: 2, expired: false })
    expect(manager.options.backend.columns).to.deep.equal([])
    expect(manager.options.backend.capabilities).to.include({ idLength: 100, versions: true, creationDates: true })
  })

  it('can be declared under another property, if the column is named', async () => {
    @SessionModel({ tableName: 'sequelize_columns_property', columns: { expires: 'ends_at', id: 'sid' } })
    class Declared extends Model {
      @Column({ type: DataType.STRING(100), primaryKey: true, field: 'sid' }) declare key: string
      @AllowNull(false) @Column({ type: DataType.BIGINT, field: 'ends_at' }) declare endsAt: number
    }
    const Sessions = registerSessionModel(open(), Declared)
    await Sessions.sync({ force: true })
    const manager = managerOf(Sessions)
    await manager.set('id', { n: 1 })
    await manager.set('id', { n: 2 })
    expect(await manager.get('id')).to.deep.equal({ n: 2 })
    expect(await Sessions.findOne({ where: Sessions.active })).to.include({ expired: false })
    expect(await manager.deleteExpired()).to.equal(0)
    expect(Object.keys(Sessions.getAttributes())).to.have.members(['key', 'endsAt', 'data', 'createdAt', 'version'])
  })

  it(`are not the model's own where names differ only in case${server === 'postgres' ? '' : ': refused'}`, async () => {
    @SessionModel({ tableName: 'sequelize_columns_case' })
    class UpperCase extends Model {
      @Column({ type: DataType.STRING, field: 'Data' }) declare label: string | null
    }
    if (server !== 'postgres')
      return void (await expectError('COLUMN_DUPLICATE', () => registerSessionModel(open(), UpperCase)))
    const Sessions = registerSessionModel(open(), UpperCase)
    await Sessions.sync({ force: true })
    await managerOf(Sessions).set('id', { label: 'mine', note: 1 })
    expect(await managerOf(Sessions).get('id')).to.deep.equal({ label: 'mine', note: 1 })
  })

  it('are compared by the names that the option underscored makes', async () => {
    const underscored = () => open({ define: { underscored: true } })
    @SessionModel({ tableName: 'sequelize_columns_underscored' })
    class Underscored extends Model {
      @Column(DataType.STRING) declare created_at: string | null
    }
    @SessionModel({ tableName: 'sequelize_columns_underscored', columns: { createdAt: 'created_at' } })
    class Served extends Model {
      @AllowNull(false) @Column(DataType.DATE) declare createdAt: Date
    }
    await expectError('COLUMN_TYPE', () => registerSessionModel(underscored(), Underscored))
    const Sessions = registerSessionModel(underscored(), Served)
    await Sessions.sync({ force: true })
    await managerOf(Sessions).set('id', { note: 1 })
    expect(await managerOf(Sessions).get('id')).to.deep.equal({ note: 1 })
  })
})
