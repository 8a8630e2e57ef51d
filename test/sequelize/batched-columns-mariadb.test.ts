import { expect } from 'chai'
import { SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { QueryTypes } from 'sequelize'
import { Column, DataType, Length, Model, Table } from 'sequelize-typescript'
import { reachable } from '../support/matrix.js'
import { sequelizeDatabases } from '../support/sequelize-rows.js'
import { describeEach } from './support/databases.js'
import { rowOf, updateOf } from './support/writes.js'

/** The types of columns, and the values that the rows have in turn. */
const examples: readonly (readonly [type: object, values: readonly unknown[]])[] = [
  [DataType.INTEGER, [1, null, -2_147_483_648, 2_147_483_647]],
  [DataType.BIGINT, ['9007199254740993', -1, null]],
  [DataType.DECIMAL(20, 3), ['1.500', 1.005, 3, null, '12345678901234567.125', 1e-7]],
  [DataType.DOUBLE, [0.1, 1e-7, 1e300, null, 5]],
  [DataType.BOOLEAN, [true, false, null]],
  [DataType.STRING(200), ['', 'it\'s \\ "quoted" ? :p1 $1', null, '😀'.repeat(100), 'trailing  ', '5']],
  [DataType.TEXT('long'), ['x'.repeat(70_000), null, '\0\n\r\x1a', 'é']],
  [DataType.ENUM('red', 'blue'), ['blue', null, 'red']],
  [DataType.JSON, [{ a: [1, "it's", null] }, null, [], 'text', 5, true]],
  [DataType.BLOB, [Buffer.from([0, 255, 39, 92]), null, Buffer.alloc(0), Buffer.from('text')]],
  [DataType.DATE(6), [new Date('2026-03-29T02:30:00.123Z'), null, new Date('2026-10-25T01:30:00Z')]],
  [DataType.DATE, [new Date('2026-03-29T02:30:00.600Z'), null]],
  [DataType.DATEONLY, ['2026-03-14', null]],
  [DataType.TIME, ['12:30:00', null]],
  [DataType.UUID, ['f81d4fae-7dec-11d0-a765-00a0c91e6bf6', null]],
]

const numbers = Array.from({ length: 64 }, (_, n) => n)

describeEach(
  'the columns of writes that go together on MariaDB',
  (open) => {
    it('have the values that they have in writes that go alone, whatever their types', async () => {
      for (const [index, [type, values]] of examples.entries()) {
        const tableName = `sequelize_batched_mariadb_${index}`
        @SessionModel({ tableName })
        class Typed extends Model {
          @Column({ type: type as never, field: 'its_value' }) declare value: unknown
        }
        const sequelize = open({})
        const Sessions = registerSessionModel(sequelize, Typed)
        await Sessions.sync({ force: true })
        const backend = Sessions[sessionBackend]()
        await backend.insert(numbers.flatMap((n) => [rowOf(`alone-${n}`), rowOf(`both-${n}`)]))
        const update = (kind: string, n: number) => updateOf(`${kind}-${n}`, 1, { value: values[n % values.length] })
        for (const n of numbers) expect(await backend.update([update('alone', n)])).to.deep.equal([true])
        const name = `${(type as { key?: string }).key}`
        let waiting = numbers
        for (let calls = 0; waiting.length > 0; calls++) {
          expect(calls, name).to.be.below(3)
          const written = await backend.update(waiting.map((n) => update('both', n)))
          expect(written, name).to.include(true)
          waiting = waiting.filter((_, position) => written[position] !== true)
        }
        const sql = `SELECT id, its_value FROM ${tableName} ORDER BY id`
        const rows = (await sequelize.query(sql, { type: QueryTypes.SELECT })) as { id: string; its_value: unknown }[]
        const of = (kind: string) => rows.filter(({ id }) => id.startsWith(kind)).map(({ its_value }) => its_value)
        expect(of('both'), name).to.deep.equal(of('alone'))
      }
    })

    it('that the application validates are written alone, and ended rows are not reached', async () => {
      @Table({ tableName: 'sequelize_batched_mariadb_alone', paranoid: true })
      @SessionModel({ tableName: 'sequelize_batched_mariadb_alone' })
      class Alone extends Model {
        @Length({ max: 3 }) @Column(DataType.STRING) declare label: string | null
      }
      const sequelize = open({})
      const Sessions = registerSessionModel(sequelize, Alone)
      await Sessions.sync({ force: true })
      const backend = Sessions[sessionBackend]()
      await backend.insert(['a', 'b', 'c'].map(rowOf))
      const labels = ['a', 'b'].map((id) => updateOf(id, 1, { label: 'x' }))
      expect(await backend.update(labels)).to.deep.equal([null, null])
      await Sessions.destroy({ where: { id: 'a' } })
      expect(await backend.update([updateOf('a'), updateOf('b'), updateOf('c')])).to.deep.equal([null, true, true])
      Sessions.addHook('beforeBulkUpdate', () => {})
      expect(backend.batchesWrites?.()).to.equal(false)
    })
  },
  await reachable(sequelizeDatabases.filter(({ server }) => server === 'mariadb')),
)
