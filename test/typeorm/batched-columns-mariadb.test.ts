import { expect } from 'chai'
import { type RowUpdate, SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column, UpdateDateColumn, VersionColumn } from 'typeorm'
import { createTables, databases, newDataSource, tableName } from './support/data-sources.js'

const table = tableName('batched_types')

function newModel() {
  @SessionModel({ tableName: table, columns: { lastSeenAt: true } })
  class TypedSession {
    @Column({ type: 'integer', nullable: true }) whole!: number | null
    @Column({ type: 'bigint', nullable: true }) big!: string | null
    @Column({ type: 'decimal', precision: 20, scale: 3, nullable: true }) price!: unknown
    @Column({ type: 'double', nullable: true }) fraction!: number | null
    @Column({ type: 'boolean', nullable: true }) flag!: boolean | null
    @Column({ type: 'bit', nullable: true }) bits!: number | null
    @Column({ type: 'varchar', length: 200, nullable: true }) text!: string | null
    @Column({ type: 'longtext', nullable: true }) long!: string | null
    @Column({ type: 'enum', enum: ['red', 'blue'], nullable: true }) color!: string | null
    @Column({ type: 'set', enum: ['x', 'y', 'z'], nullable: true }) letters!: string[] | null
    @Column({ type: 'json', nullable: true }) json!: unknown
    @Column({ type: 'simple-json', nullable: true }) simple!: unknown
    @Column({ type: 'blob', nullable: true }) bytes!: Buffer | null
    @Column({ type: 'datetime', precision: 6, nullable: true }) at!: Date | null
    @Column({ type: 'datetime', precision: 0, nullable: true }) second!: Date | null
    @Column({ type: 'timestamp', precision: 3, nullable: true }) stamp!: Date | null
    @Column({ type: 'date', nullable: true }) day!: string | null
    @Column({ type: 'time', nullable: true }) time!: string | null
    @UpdateDateColumn() updatedAt!: Date
    @VersionColumn() edits!: number
  }
  return TypedSession
}

/** The values of each column, which the rows have in turn. */
const examples: Readonly<Record<string, readonly unknown[]>> = {
  whole: [1, null, -2_147_483_648, 2_147_483_647],
  big: ['9007199254740993', '-1', null, '9223372036854775807'],
  price: ['1.500', 1.005, 3, null, '12345678901234567.125', 1e-7],
  fraction: [0.1, 1e-7, 1e300, null, 5],
  flag: [true, false, null],
  bits: [Buffer.from([1]), 0, null, true, 1],
  text: ['', 'it\'s \\ "quoted" ? :p1 $1', null, '😀'.repeat(100), 'trailing  ', '5'],
  long: ['x'.repeat(70_000), null, '\0\n\r\x1a', 'é'],
  color: ['blue', null, 'red'],
  letters: [['x'], ['z', 'y'], null, []],
  json: [{ a: [1, "it's", null] }, null, [], 'text', 5, true],
  simple: [{ deep: [null] }, null, 'é'],
  bytes: [Buffer.from([0, 255, 39, 92]), null, Buffer.alloc(0), Buffer.from('text')],
  at: [new Date('2026-03-29T02:30:00.123Z'), null, new Date('2026-10-25T01:30:00Z')],
  second: [new Date('2026-03-29T02:30:00.600Z'), null],
  stamp: [new Date('2026-03-29T02:30:00.999Z'), null],
  day: ['2026-03-14', null],
  time: ['12:30:00', null],
}

const mariadb = databases.filter(({ server }) => server === 'mariadb')

for (const database of mariadb) {
  describe(`TypeORM: the columns of writes that go together (${database.name})`, () => {
    it('have the values that they have in writes that go alone, whatever their types', async () => {
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, newModel())
      await createTables(dataSource, database)
      const backend = Sessions[sessionBackend]()
      const numbers = Array.from({ length: 64 }, (_, n) => n)
      const rowOf = (id: string) => ({ id, data: '{}', expires, createdAt: new Date(), version: 1, columns: {} })
      await backend.insert(numbers.flatMap((n) => [rowOf(`alone-${n}`), rowOf(`both-${n}`)]))
      for (const [name, values] of Object.entries(examples)) {
        const version = await versionOf()
        const updateOf = (id: string, n: number) => update(id, n, version, { [name]: values[n % values.length] })
        for (const n of numbers) await backend.update([updateOf(`alone-${n}`, n)])
        let waiting = numbers
        let calls = 0
        for (; waiting.length > 0; calls++) {
          const written = await backend.update(waiting.map((n) => updateOf(`both-${n}`, n)))
          expect(written, name).to.include(true)
          waiting = waiting.filter((_, index) => written[index] !== true)
        }
        expect(calls, name).to.be.at.most(3)
        const found = await dataSource.query(`SELECT * FROM ${table} ORDER BY id`)
        const of = (kind: string) => (found as Row[]).filter(({ id }) => id.startsWith(kind)).map(comparable)
        expect(of('both'), name).to.deep.equal(of('alone'))
      }
      async function versionOf(): Promise<number> {
        const [row] = await dataSource.query(`SELECT version FROM ${table} LIMIT 1`)
        return Number(row.version)
      }
    })

    it('move with an update as those of writes that go alone do', async () => {
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, newModel())
      await createTables(dataSource, database)
      const backend = Sessions[sessionBackend]()
      const rowOf = (id: string) => ({ id, data: '{}', expires, createdAt: new Date(), version: 1, columns: {} })
      await backend.insert(['a', 'b', 'c'].map(rowOf))
      await dataSource.query(`UPDATE ${table} SET updatedAt = '2000-01-01', stamp = '2000-01-01 00:00:00'`)
      const state = async () =>
        (await dataSource.query(
          `SELECT YEAR(updatedAt) > 2000 AS moved, YEAR(stamp) AS stamp, edits, version FROM ${table} ORDER BY id`,
        )) as object[]
      const seen = { version: 1, now: new Date(), lastSeenAt: new Date() }
      expect(await backend.touch(['a', 'b'].map((id) => ({ id, ...seen })))).to.deep.equal([true, true])
      const [touched, , untouched] = await state()
      expect(touched).to.include({ stamp: 2000, edits: 1, version: 1 })
      expect(untouched).to.include({ moved: 0, stamp: 2000, edits: 1, version: 1 })
      expect(await backend.update([update('a', 1, 1, {}), update('b', 2, 1, {})])).to.deep.equal([true, true])
      for (const row of (await state()).slice(0, 2))
        expect(row).to.deep.equal({ moved: 1, stamp: 2000, edits: 2, version: 2 })
    })
  })
}

type Row = { id: string } & Record<string, unknown>

const expires = new Date(Date.now() + 3_600_000)

function update(id: string, n: number, version: number, columns: Record<string, unknown>): RowUpdate {
  const values = { data: `{"n":${n}}`, expires, version: version + 1, columns }
  return { id, version, now: new Date(), values }
}

/** The row without what differs by the moment of the write. */
function comparable({ id, ...row }: Row): unknown {
  const { updatedAt, createdAt, ...values } = row
  return { n: id.split('-')[1], ...values }
}
