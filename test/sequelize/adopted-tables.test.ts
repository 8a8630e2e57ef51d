import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { DataTypes, type Sequelize } from 'sequelize'
import { Column, DataType, Model, Table } from 'sequelize-typescript'
import { expectError } from '../support/errors.js'
import { describeEach } from './support/databases.js'
import { managerOf, sessionOf } from './support/manager.js'

const inAnHour = () => new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000)

describeEach("connect-session-sequelize's table", (open, { server }) => {
  function register(tableName: string) {
    @Table({ tableName, timestamps: true })
    @SessionModel({
      columns: {
        id: { name: 'sid', length: 36 },
        data: { type: DataType.TEXT },
        expires: { type: DataType.DATE },
        version: false,
      },
    })
    class WebSession extends Model {}
    const sequelize = open()
    return { sequelize, Sessions: registerSessionModel(sequelize, WebSession) }
  }

  /** As that library defines its model. */
  async function createTable(sequelize: Sequelize, tableName: string) {
    const attributes = {
      sid: { type: DataTypes.STRING(36), primaryKey: true },
      expires: DataTypes.DATE,
      data: DataTypes.TEXT,
    }
    const Theirs = sequelize.define('Session', attributes, { tableName })
    await Theirs.sync({ force: true })
    return Theirs
  }

  const options = { hashIds: false, idBytes: 24 }

  it('is read as it is', async () => {
    const { sequelize, Sessions } = register('sequelize_adopted_read')
    const Theirs = await createTable(sequelize, Sessions.tableName)
    const expires = inAnHour()
    await Theirs.create({ sid: 'x'.repeat(32), expires, data: '{"cookie":{},"userId":42}' })
    const manager = managerOf(Sessions, options)
    expect(await manager.get('x'.repeat(32))).to.deep.equal({ cookie: {}, userId: 42 })
    expect((await Sessions.findOne({ rejectOnEmpty: true })).expired).to.equal(false)
    await Theirs.update({ expires: new Date(0) }, { where: {} })
    expect(await manager.get('x'.repeat(32))).to.equal(undefined)
    expect(await manager.deleteExpired()).to.equal(1)
  })

  it('is written so that the library reads it', async () => {
    const { sequelize, Sessions } = register('sequelize_adopted_write')
    const Theirs = await createTable(sequelize, Sessions.tableName)
    const manager = managerOf(Sessions, options)
    const session = await sessionOf(manager)
    session.properties.set('userId', 1)
    await session.commit()
    session.properties.set('userId', 2)
    await session.commit()
    const theirs = await Theirs.findByPk(session.id, { rejectOnEmpty: true })
    expect(JSON.parse(String(theirs.get('data')))).to.deep.equal({ userId: 2 })
    expect(theirs.get('updatedAt')).to.be.instanceOf(Date)
    expect(await Theirs.count()).to.equal(1)
  })

  if (server === 'mariadb') {
    it('refuses data that its column is too small for', async () => {
      const { sequelize, Sessions } = register('sequelize_adopted_small')
      const Theirs = await createTable(sequelize, Sessions.tableName)
      const manager = managerOf(Sessions, options)
      await manager.set('id', { text: 'x'.repeat(65_000) })
      await expectError('DATA_TOO_LARGE', () => manager.set('id', { text: 'é'.repeat(40_000) }))
      expect(await Theirs.count()).to.equal(1)
      expect((await manager.get('id'))?.text).to.have.lengthOf(65_000)
    })
  }

  it('refuses ids that its column is too short for', async () => {
    const { Sessions } = register('sequelize_adopted_short')
    await expectError('ID_TOO_LONG', () => managerOf(Sessions))
    await expectError('ID_TOO_LONG', () => managerOf(Sessions, { hashIds: false, idBytes: 32 }))
    managerOf(Sessions, { hashIds: false, idBytes: 27 })
  })
})

describeEach('a table with a key of its own, such as those of Litestar', (open, { server }) => {
  const binary = { sqlite: 'BLOB', postgres: 'BYTEA', mariadb: 'LONGBLOB', mysql: 'LONGBLOB' } as Record<string, string>
  const date = { sqlite: 'DATETIME', postgres: 'TIMESTAMPTZ', mariadb: 'DATETIME', mysql: 'DATETIME' } as Record<
    string,
    string
  >
  const key = { sqlite: 'INTEGER PRIMARY KEY AUTOINCREMENT', postgres: 'SERIAL PRIMARY KEY' } as Record<string, string>

  it('is adopted as it is', async () => {
    @SessionModel({
      tableName: 'sequelize_adopted_surrogate',
      columns: {
        id: { name: 'session_id', length: 255 },
        data: { type: DataType.BLOB(server === 'mariadb' ? 'long' : undefined) },
        expires: { name: 'expires_at', type: DataType.DATE },
        createdAt: false,
        version: false,
      },
    })
    class WebSession extends Model {
      @Column({ type: DataType.INTEGER, primaryKey: true, autoIncrement: true, field: 'id' }) declare key: number
    }
    const sequelize = open()
    const Sessions = registerSessionModel(sequelize, WebSession)
    const dialect = sequelize.getDialect()
    await sequelize.query('DROP TABLE IF EXISTS sequelize_adopted_surrogate')
    await sequelize.query(
      `CREATE TABLE sequelize_adopted_surrogate (id ${key[dialect] ?? 'INTEGER AUTO_INCREMENT PRIMARY KEY'}, ` +
        `session_id VARCHAR(255) NOT NULL UNIQUE, data ${binary[dialect]} NOT NULL, expires_at ${date[dialect]} NOT NULL)`,
    )
    const manager = managerOf(Sessions)
    for (const n of [1, 2]) await manager.set('first', { n })
    for (const n of [3, 4]) await manager.set('second', { n })
    expect(await manager.get('first')).to.deep.equal({ n: 2 })
    expect(await manager.get('second')).to.deep.equal({ n: 4 })
    expect(manager.options.backend.columns).to.deep.equal([])
    const rows = await Sessions.findAll({ where: Sessions.active, order: ['key'] })
    expect(rows.map((row) => row.key)).to.deep.equal([1, 2])
    await manager.delete('first')
    expect(await Sessions.findByPk(2)).to.include({ expired: false })
    await Sessions.update({ expires: new Date(0) }, { where: {} })
    expect(await manager.deleteExpired()).to.equal(1)
  })
})
