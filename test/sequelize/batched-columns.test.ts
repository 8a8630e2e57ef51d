import { expect } from 'chai'
import { SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { literal } from 'sequelize'
import { Column, DataType, Default, Length, Model, type ModelCtor, type SequelizeOptions } from 'sequelize-typescript'
import { reachable } from '../support/matrix.js'
import { sequelizeDatabases } from '../support/sequelize-rows.js'
import { describeEach } from './support/databases.js'
import { rowOf, updateOf } from './support/writes.js'

const at = new Date('2026-03-29T02:30:00.123Z')

/** Types of columns, and what a session has in them. */
const examples: readonly (readonly [object, unknown])[] = [
  [DataType.INTEGER, 7],
  [DataType.BIGINT, '9007199254740993'],
  [DataType.DECIMAL(10, 2), '1.50'],
  [DataType.REAL, 1.5],
  [DataType.BOOLEAN, false],
  [DataType.CHAR(5), 'x'],
  [DataType.TEXT, "$1 :a \\ '"],
  [DataType.ENUM('red', 'blue'), 'blue'],
  [DataType.UUID, 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'],
  [DataType.INET, '127.0.0.1'],
  [DataType.DATE, at],
  [DataType.DATEONLY, '2026-03-14'],
  [DataType.TIME, '12:30:00'],
  [DataType.JSON, { a: [1, "it's"] }],
  [DataType.JSONB, ['a', { b: null }]],
  [DataType.BLOB, Buffer.from([0, 255, 39])],
  [DataType.ARRAY(DataType.STRING), ['a"b', 'c,d', '{}']],
  [DataType.ARRAY(DataType.INTEGER), [1, 2]],
  [DataType.ARRAY(DataType.DATE), [at]],
  [DataType.RANGE(DataType.INTEGER), [1, 5]],
]

/** The rows of a larger batch, whose values are arrays on PostgreSQL. */
const many = ['d', 'e', 'f', 'g', 'h']

describeEach(
  'the columns of writes that go together',
  (open) => {
    async function store(model: ModelCtor, options: SequelizeOptions = {}, schema?: string) {
      const sequelize = open(options)
      if (schema) await sequelize.createSchema(schema, {}).catch(() => {})
      const Sessions = registerSessionModel(sequelize, model)
      await Sessions.sync({ force: true })
      const backend = Sessions[sessionBackend]()
      await backend.insert(['a', 'b', 'c', ...many].map(rowOf))
      const statements: string[] = []
      sequelize.options.logging = (sql) => void statements.push(sql)
      const columnsOf = async (id: string) => (await backend.find([id]))[0]?.columns
      return { sequelize, Sessions, backend, statements, columnsOf }
    }

    it('have the values that they have in writes that go alone, whatever their types', async () => {
      for (const [index, [type, value]] of examples.entries()) {
        @SessionModel({ tableName: `sequelize_batched_type_${index}` })
        class Typed extends Model {
          @Column({ type: type as never, field: 'its_value' }) declare value: unknown
        }
        const { backend, columnsOf } = await store(Typed)
        const name = (type as { key?: string }).key
        for (const [n, columns] of [{ value }, { value: null }, { value }].entries()) {
          expect(await backend.update([updateOf('a', n + 1, columns)])).to.deep.equal([true])
          const both = ['b', 'c'].map((id) => updateOf(id, n + 1, columns))
          expect(await backend.update(both), name).to.deep.equal([true, true])
          const alone = await columnsOf('a')
          expect(await columnsOf('b'), name).to.deep.equal(alone)
          expect(await columnsOf('c'), name).to.deep.equal(alone)
        }
        const mixed = many.map((id, n) => updateOf(id, 1, { value: n % 2 === 0 ? value : null }))
        expect(await backend.update(mixed), name).to.deep.equal(many.map(() => true))
        const alone = await columnsOf('a')
        for (const [n, id] of many.entries()) {
          expect(await columnsOf(id), name).to.deep.equal(n % 2 === 0 ? alone : { value: null })
        }
      }
    })

    it('may have names like those of the statement', async () => {
      @SessionModel({ tableName: 'session_values', columns: { id: 'c', version: 'n' } })
      class Named extends Model {
        @Column(DataType.INTEGER) declare p0: number | null
      }
      const { backend, columnsOf } = await store(Named)
      const written = await backend.update([updateOf('a', 1, { p0: 1 }), updateOf('b', 1, { p0: 2 })])
      expect(written).to.deep.equal([true, true])
      expect([(await columnsOf('a'))?.p0, (await columnsOf('b'))?.p0]).to.deep.equal([1, 2])
    })

    it('are those of a table in a schema', async () => {
      @SessionModel({ tableName: 'sequelize_batched_schema' })
      class InSchema extends Model {
        @Column(DataType.ENUM('red', 'blue')) declare color: string | null
      }
      const options = { define: { schema: 'Its Schema' } }
      const { backend, columnsOf, sequelize } = await store(InSchema, options, 'Its Schema')
      const rows = ['a', 'b'].map((id) => updateOf(id, 1, { color: 'red' }))
      expect(await backend.update(rows)).to.deep.equal([true, true])
      expect(await columnsOf('b')).to.deep.equal({ color: 'red' })
      expect(await backend.update([updateOf('b', 2, { color: 'blue' })])).to.deep.equal([true])
      expect(await columnsOf('b')).to.deep.equal({ color: 'blue' })
      await sequelize.query('DROP SCHEMA "Its Schema" CASCADE')
    })

    it('that have validators, or go back to a default of the database, are written alone', async () => {
      @SessionModel({ tableName: 'sequelize_batched_alone' })
      class Alone extends Model {
        @Length({ max: 3 }) @Column(DataType.STRING) declare label: string | null
        @Default(literal("'tea'")) @Column(DataType.STRING) declare drink: string | null
        @Column(DataType.DATEONLY) declare day: unknown
      }
      const { backend, statements, columnsOf } = await store(Alone)
      const labels = ['a', 'b'].map((id) => updateOf(id, 1, { label: 'x' }))
      expect(await backend.update(labels)).to.deep.equal([null, null])
      expect(statements).to.deep.equal([])
      const drinks = [updateOf('a', 1, { drink: undefined }), updateOf('b', 1, { drink: 'milk' })]
      expect(await backend.update(drinks)).to.deep.equal([null, true])
      expect((await columnsOf('b'))?.drink).to.equal('milk')
      const days = [updateOf('a', 1, { day: '2026-03-14' }), updateOf('c', 1, { day: new Date() })]
      expect(await backend.update(days)).to.deep.equal([true, null])
    })

    it('of a model with hooks are written alone, from the moment on that it has them', async () => {
      @SessionModel({ tableName: 'sequelize_batched_hooks' })
      class Hooked extends Model {}
      const { backend, Sessions } = await store(Hooked)
      expect(await backend.update([updateOf('a'), updateOf('b')])).to.deep.equal([true, true])
      let heard = 0
      Sessions.addHook('beforeBulkUpdate', () => void heard++)
      expect(backend.batchesWrites?.()).to.equal(false)
      expect(await backend.update([updateOf('a', 2), updateOf('b', 2), updateOf('c', 2)])).to.deep.equal([
        true,
        true,
        false,
      ])
      expect(heard).to.equal(3)
    })

    it('are written alone where a search path is sent before each statement', async () => {
      @SessionModel({ tableName: 'sequelize_batched_path' })
      class Searched extends Model {}
      const options = { dialectOptions: { prependSearchPath: true } } as SequelizeOptions
      const { backend, statements } = await store(Searched, options)
      expect(backend.batchesWrites?.()).to.equal(false)
      expect(await backend.update([updateOf('a'), updateOf('b', 7)])).to.deep.equal([true, false])
      expect(statements[0]).to.contain('search_path')
    })
  },
  await reachable(sequelizeDatabases.filter(({ server }) => server === 'postgres')),
)
