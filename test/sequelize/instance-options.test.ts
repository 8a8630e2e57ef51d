import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { AllowNull, Column, DataType, Default, Model, type SequelizeOptions, Table } from 'sequelize-typescript'
import { describeEach } from './support/databases.js'
import { managerOf } from './support/manager.js'

describeEach('options of the Sequelize instance', (open) => {
  async function store(options: SequelizeOptions, tableName?: string) {
    @SessionModel(tableName === undefined ? {} : { tableName })
    class SequelizeOptionsSession extends Model {
      @Column(DataType.INTEGER) declare userId: number | null
      @Column(DataType.STRING) declare userAgent: string | null
    }
    const sequelize = open(options)
    const Sessions = registerSessionModel(sequelize, SequelizeOptionsSession)
    await Sessions.sync({ force: true })
    const manager = managerOf(Sessions)
    await manager.set('id', { userId: 9, userAgent: 'Firefox', cart: 1 })
    await manager.set('id', { userId: 9, userAgent: 'Firefox', cart: 2 })
    expect(await manager.get('id')).to.deep.equal({ userId: 9, userAgent: 'Firefox', cart: 2 })
    expect(await manager.list({ userAgent: 'Firefox' })).to.have.lengthOf(1)
    return {
      Sessions,
      manager,
      columns: Object.keys(await sequelize.getQueryInterface().describeTable(Sessions.tableName)),
    }
  }

  const managed = ['id', 'data', 'expires', 'createdAt', 'version']

  it('underscored: every column that is not named otherwise follows', async () => {
    const { Sessions, columns } = await store({ define: { underscored: true } })
    expect(Sessions.tableName).to.equal('sequelize_options_sessions')
    const expected = ['user_id', 'user_agent', 'id', 'data', 'expires', 'created_at', 'version']
    expect(columns).to.have.members(expected)
  })

  it('underscored: a column of your own serves under the name it has in the database', async () => {
    @SessionModel({ tableName: 'sequelize_options_own', columns: { id: 'session_id', expires: 'expires_at' } })
    class Own extends Model {
      @Column({ type: DataType.STRING(128), primaryKey: true }) declare sessionId: string
      @AllowNull(false) @Column(DataType.DATE) declare expiresAt: Date
    }
    const sequelize = open({ define: { underscored: true } })
    const Sessions = registerSessionModel(sequelize, Own)
    await Sessions.sync({ force: true })
    await managerOf(Sessions).set('id', { cart: 1 })
    expect(await managerOf(Sessions).get('id')).to.deep.equal({ cart: 1 })
    const { columns } = Sessions.getAttributes() as Record<string, unknown>
    expect(columns).to.equal(undefined)
    expect(Object.keys(Sessions.getAttributes())).to.have.members([
      'sessionId',
      'expiresAt',
      'data',
      'createdAt',
      'version',
    ])
  })

  it('timestamps: false leaves our columns as they are', async () => {
    const { columns } = await store({ define: { timestamps: false } }, 'sequelize_options_untimed')
    expect(columns).to.have.members(['userId', 'userAgent', ...managed])
  })

  it('timestamps: true adds the date of the last update', async () => {
    const { columns } = await store({ define: { timestamps: true } }, 'sequelize_options_timed')
    expect(columns).to.have.members(['userId', 'userAgent', 'updatedAt', ...managed])
  })

  it('keeps no dates but ours if neither the instance nor @Table asks for them', async () => {
    const { columns } = await store({}, 'sequelize_options_default')
    expect(columns).to.have.members(['userId', 'userAgent', ...managed])
  })

  it('freezeTableName: the table has the name of the class', async () => {
    const { Sessions } = await store({ define: { freezeTableName: true } })
    expect(Sessions.tableName).to.equal('SequelizeOptionsSession')
  })

  it('paranoid: an ended session stays as a dead row', async () => {
    const define = { timestamps: true, paranoid: true }
    const { Sessions, manager } = await store({ define }, 'sequelize_options_paranoid')
    await manager.delete('id')
    expect(await manager.get('id')).to.equal(undefined)
    expect(await Sessions.count()).to.equal(0)
    expect(await Sessions.count({ paranoid: false })).to.equal(1)
  })

  it('version: the column of Sequelize is our version', async () => {
    const { Sessions, columns } = await store({ define: { version: true } }, 'sequelize_options_version')
    expect(columns).to.have.members(['userId', 'userAgent', ...managed])
    expect(await Sessions.findOne()).to.have.property('version', 2)
  })

  it('charset and collate are what the tables of the instance have', async () => {
    await store({ define: { charset: 'utf8mb4', collate: 'utf8mb4_general_ci' } }, 'sequelize_options_collate')
    await store({ define: { charset: 'latin1', collate: 'latin1_swedish_ci' } }, 'sequelize_options_charset')
  })

  it('omitNull: a column can still be emptied', async () => {
    const { Sessions, manager } = await store({ omitNull: true }, 'sequelize_options_omit')
    await manager.set('id', { userId: null, userAgent: null })
    expect(await Sessions.findOne()).to.include({ userId: null, userAgent: null })
  })

  it('rejectOnEmpty: an unknown id is still no error', async () => {
    const { manager } = await store({ define: { rejectOnEmpty: true } } as SequelizeOptions, 'sequelize_options_reject')
    expect(await manager.get('unknown')).to.equal(undefined)
    expect(await manager.list({ userId: 404 })).to.deep.equal([])
    expect(await manager.deleteExpired()).to.equal(0)
  })

  it('typeValidation: our values pass', async () => {
    await store({ typeValidation: true }, 'sequelize_options_typed')
  })

  it('define.indexes are made beside ours', async () => {
    const define = { indexes: [{ name: 'sequelize_options_by_user', fields: ['userId'] }] }
    const { Sessions } = await store({ define }, 'sequelize_options_indexes')
    type Index = { name: string; fields: { attribute: string }[] }
    const indexes = (await Sessions.sequelize?.getQueryInterface().showIndex(Sessions.tableName)) as Index[]
    expect(indexes.map(({ name }) => name)).to.include('sequelize_options_by_user')
    expect(indexes.map(({ fields }) => fields[0]?.attribute)).to.include('expires')
  })

  it('a model with @Table keeps the defaults of Sequelize', async () => {
    @Table
    @SessionModel({ tableName: 'sequelize_options_table' })
    class Timed extends Model {
      @Default(0) @Column(DataType.INTEGER) declare visits: number
    }
    const Sessions = registerSessionModel(open(), Timed)
    expect(Object.keys(Sessions.getAttributes())).to.have.members(['visits', 'updatedAt', ...managed])
  })
})
