import { expect } from 'chai'
import { SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { literal } from 'sequelize'
import {
  AllowNull,
  BeforeBulkUpdate,
  Column,
  DataType,
  Default,
  Length,
  Model,
  type ModelCtor,
  type Sequelize,
  type SequelizeOptions,
  Table,
} from 'sequelize-typescript'
import { expectError } from '../support/errors.js'
import { describeEach } from './support/databases.js'
import { expires, rowOf, updateOf } from './support/writes.js'

/** Counts how often an update is made anew. */
function countUpdatesMade(sequelize: Sequelize): () => number {
  const { queryGenerator } = sequelize.getQueryInterface() as unknown as { queryGenerator: { updateQuery: unknown } }
  const own = queryGenerator.updateQuery as (...args: unknown[]) => unknown
  let count = 0
  queryGenerator.updateQuery = (...args: unknown[]) => {
    count++
    return own.apply(queryGenerator, args)
  }
  return () => count
}

describeEach('updates that are made once', (open) => {
  const statements: string[] = []
  const logging = (sql: string) => void statements.push(sql)

  async function store(model: ModelCtor, options: SequelizeOptions = {}) {
    const sequelize = open(options)
    const Sessions = registerSessionModel(sequelize, model)
    await Sessions.sync({ force: true })
    const backend = Sessions[sessionBackend]()
    await backend.insert([rowOf('a'), rowOf('b')])
    sequelize.options.logging = logging
    statements.length = 0
    return { sequelize, Sessions, backend, made: countUpdatesMade(sequelize) }
  }

  function plainModel() {
    @SessionModel({ tableName: 'sequelize_prepared' })
    class WebSession extends Model {
      @Column({ type: DataType.INTEGER, field: 'user_id' }) declare userId: number | null
      @Length({ max: 5 }) @Column(DataType.STRING) declare label: string | null
      @Column(DataType.STRING)
      get tags(): string[] {
        return String(this.getDataValue('tags') ?? '').split(',')
      }
      set tags(value: string[] | null) {
        this.setDataValue('tags', value?.join(',') ?? null)
      }
    }
    return WebSession
  }

  it('are replayed for other rows and values, and have no value in them', async () => {
    const { backend, made } = await store(plainModel())
    expect(await backend.update([updateOf('a', 1, { userId: 7 })])).to.deep.equal([true])
    const first = made()
    for (const [id, version] of [
      ['a', 2],
      ['b', 1],
    ] as const) {
      expect(await backend.update([updateOf(id, version, { userId: null })])).to.deep.equal([true])
    }
    expect(await backend.update([updateOf('a', 1, { userId: 8 })])).to.deep.equal([false])
    expect(made()).to.equal(first)
    expect(new Set(statements).size).to.equal(1)
    expect(statements[0])
      .to.match(/UPDATE/)
      .and.not.match(/'a'/)
    const [row] = await backend.find(['a'])
    expect(row).to.deep.include({ version: 3, data: '{"of":"a"}' })
    expect(row?.columns.userId).to.equal(null)
  })

  it('of each shape have a statement of their own, renewals too', async () => {
    const { backend, made } = await store(plainModel())
    const later = new Date(expires.getTime() + 1000)
    expect(await backend.touch([{ id: 'a', version: null, now: new Date(), expires: later }])).to.deep.equal([false])
    await backend.touch([{ id: 'a', version: 1, now: new Date(), expires: later }])
    const first = made()
    await backend.touch([{ id: 'b', version: 1, now: new Date(), expires: later }])
    expect(made()).to.equal(first)
    expect(await backend.update([updateOf('a', 1)])).to.deep.equal([true])
    expect(await backend.update([updateOf('b', 1, { userId: 1 })])).to.deep.equal([true])
    expect(new Set(statements).size).to.equal(4)
    expect((await backend.find(['a', 'b'])).map((row) => row.version)).to.deep.equal([2, 2])
  })

  it('are the ORM’s own where a column that is written has a validator or a setter', async () => {
    const { backend, made } = await store(plainModel())
    await backend.update([updateOf('a', 1, { label: 'short' })])
    await backend.update([updateOf('a', 2, { tags: ['x', 'y'] })])
    const before = made()
    await expectError('BACKEND_FAILED', () => backend.update([updateOf('b', 1, { label: 'too long' })]))
    await backend.update([updateOf('a', 3, { tags: ['z', 'w'] })])
    expect(made()).to.equal(before + 1)
    expect((await backend.find(['a']))[0]?.columns).to.deep.include({ label: 'short', tags: ['z', 'w'] })
  })

  it('run hooks, also those that are added when statements are there', async () => {
    @SessionModel({ tableName: 'sequelize_prepared_hooks' })
    class Hooked extends Model {
      @Column(DataType.INTEGER) declare userId: number | null
      @BeforeBulkUpdate
      static double(options: { attributes: { userId?: number } }) {
        if (options.attributes.userId) options.attributes.userId *= 2
      }
    }
    const hooked = await store(Hooked)
    await hooked.backend.update([updateOf('a', 1, { userId: 4 })])
    expect((await hooked.backend.find(['a']))[0]?.columns.userId).to.equal(8)
    for (const name of ['beforeBulkUpdate', 'afterBulkUpdate', 'beforeValidate', 'afterValidate'] as const) {
      const { backend, Sessions, sequelize } = await store(plainModel())
      let heard = 0
      await backend.update([updateOf('a', 1)])
      sequelize.addHook(name as 'beforeValidate', () => void heard++)
      await backend.update([updateOf('a', 2)])
      Sessions.addHook(name as 'beforeValidate', () => void heard++)
      await backend.touch([{ id: 'a', version: 3, now: new Date(), expires }])
      expect(heard, name).to.equal(3)
    }
  })

  it('run validators of the whole model, and an update that the model has of its own', async () => {
    let refused = false
    @Table({
      timestamps: false,
      validate: {
        allowed() {
          if (refused) throw new Error('not now')
        },
      },
    })
    @SessionModel({ tableName: 'sequelize_prepared_validate' })
    class Validated extends Model {}
    const { backend } = await store(Validated)
    await backend.update([updateOf('a', 1)])
    refused = true
    await expectError('BACKEND_FAILED', () => backend.update([updateOf('a', 2)]))

    let updates = 0
    @SessionModel({ tableName: 'sequelize_prepared_override' })
    class Overridden extends Model {}
    Object.assign(Overridden, {
      update(...args: unknown[]): unknown {
        updates++
        return Reflect.apply(Model.update, this, args)
      },
    })
    const own = await store(Overridden)
    expect(await own.backend.update([updateOf('a', 1)])).to.deep.equal([true])
    expect(updates).to.equal(1)
  })

  it('keep the dates of Sequelize, and do not write to ended rows', async () => {
    @Table({ tableName: 'sequelize_prepared_dates', timestamps: true, paranoid: true, underscored: true })
    @SessionModel()
    class Dated extends Model {}
    const { backend, Sessions, sequelize, made } = await store(Dated)
    const changedOn = async () => (await Sessions.findByPk('a', { rejectOnEmpty: true })).updatedAt as Date
    for (const write of [
      () => backend.update([updateOf('a', 1)]),
      () => backend.touch([{ id: 'a', version: 2, now: new Date(), expires: new Date(expires.getTime() + 2000) }]),
    ]) {
      await sequelize.query(`UPDATE sequelize_prepared_dates SET updated_at = '2000-01-01 00:00:00'`)
      expect(await write()).to.deep.equal([true])
      expect((await changedOn()).getTime()).to.be.above(Date.now() - 5000)
    }
    const before = made()
    await Sessions.destroy({ where: { id: 'a' } })
    const after = made()
    expect(await backend.update([updateOf('a', 2)])).to.deep.equal([false])
    expect(await backend.update([updateOf('b', 1)])).to.deep.equal([true])
    expect([made(), before < after]).to.deep.equal([after, true])
  })

  it('go back to a default that only the database knows', async () => {
    @SessionModel({ tableName: 'sequelize_prepared_defaults' })
    class WebSession extends Model {
      @Default(literal("'tea'")) @Column(DataType.STRING) declare drink: string | null
      @Default(['a']) @Column(DataType.JSON) declare list: unknown
    }
    const { backend, Sessions } = await store(WebSession)
    await backend.update([updateOf('a', 1, { drink: 'milk', list: ['b'] })])
    expect(await backend.update([updateOf('a', 2, { drink: undefined, list: undefined })])).to.deep.equal([true])
    const stored = await Sessions.findByPk('a', { rejectOnEmpty: true })
    expect(stored.get('drink')).to.equal('tea')
    expect(JSON.stringify(stored.get('list'))).to.contain('a')
  })

  it('are logged as others are, with the time and the parameters if that is wanted', async () => {
    const { backend, sequelize } = await store(plainModel(), { benchmark: true, logQueryParameters: true })
    const lines: unknown[][] = []
    sequelize.options.logging = (...line: unknown[]) => void lines.push(line)
    await backend.update([updateOf('a', 1)])
    await backend.update([updateOf('a', 2)])
    expect(lines).to.have.length(2)
    for (const [sql, time] of lines) {
      expect(sql)
        .to.match(/^Executed \(default\): UPDATE/)
        .and.contain('of')
      expect(time).to.be.a('number')
    }
  })

  it('refuse what Sequelize refuses before it asks the database, with its reason', async () => {
    @SessionModel({ tableName: 'sequelize_prepared_refused' })
    class Strict extends Model {
      @Default(1) @AllowNull(false) @Column(DataType.INTEGER) declare count: number
      @Column(DataType.STRING) declare label: string | null
    }
    const { backend } = await store(Strict)
    await backend.update([updateOf('a', 1, { count: 2 })])
    await backend.update([updateOf('a', 2, { label: 'x' })])
    statements.length = 0
    const nothing = await expectError('BACKEND_FAILED', () => backend.update([updateOf('a', 3, { count: null })]))
    expect(nothing.message).to.contain('count cannot be null')
    const object = await expectError('BACKEND_FAILED', () => backend.update([updateOf('a', 3, { label: { a: 1 } })]))
    expect(object.message).to.contain('label cannot be an array or an object')
    expect(statements).to.deep.equal([])
  })

  it('refuse what typeValidation refuses, with its reason', async () => {
    const { backend } = await store(plainModel(), { typeValidation: true })
    await backend.update([updateOf('a', 1, { userId: 1 })])
    const error = await expectError('BACKEND_FAILED', () => backend.update([updateOf('a', 2, { userId: 'x' })]))
    expect(error.message).to.contain('not a valid integer')
  })
})
