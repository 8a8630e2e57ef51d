import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column, type ValueTransformer } from 'typeorm'
import { createTables, databases, newDataSource, tableName } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

const table = tableName('transformers')

/** `ADA` in the database, `ada` in the application; applied twice it would be seen. */
const shouting: ValueTransformer = {
  to: (value: string | null | undefined) => value && `${value.toUpperCase()}!`,
  from: (value: string | null) => value?.slice(0, -1).toLowerCase() ?? null,
}
const bigNumber: ValueTransformer = {
  to: (value: bigint | null | undefined) => value?.toString() ?? null,
  from: (value: string | number | null) => (value === null ? null : BigInt(value)),
}
const trimmed: ValueTransformer = {
  to: (value: unknown) => value,
  from: (value: string | null) => value?.trim() ?? null,
}
const yesNo: ValueTransformer = {
  to: (value: boolean | null | undefined) => (typeof value === 'boolean' ? (value ? 'yes' : 'no') : null),
  from: (value: string | null) => (value === null ? null : value === 'yes'),
}

function newModel() {
  @SessionModel({ tableName: table })
  class TransformedSession {
    @Column({ type: 'varchar', length: 50, nullable: true, transformer: shouting }) name!: string | null
    @Column({ type: 'bigint', nullable: true, transformer: bigNumber }) account!: bigint | null
    @Column({ type: 'varchar', length: 50, nullable: true, transformer: [shouting, trimmed] }) nick!: string | null
    @Column({ type: 'varchar', length: 3, nullable: true, transformer: yesNo }) isAdmin!: boolean | null
    @Column({ type: 'bigint', nullable: true }) plain!: string | number | null
  }
  return TransformedSession
}

for (const database of databases) {
  describe(`TypeORM: custom columns with a transformer (${database.name})`, () => {
    async function open() {
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, newModel())
      await createTables(dataSource, database)
      return { dataSource, manager: managerOf(Sessions) }
    }

    it('are transformed once on every way to and from the database', async () => {
      const { dataSource, manager } = await open()
      const values = { name: 'ada', account: 12_345_678_901n, nick: 'countess', isAdmin: false }
      await manager.set('an id', { name: 'someone else' })
      await manager.set('an id', values)
      expect(await manager.get('an id')).to.include(values)
      const [row] = (await dataSource.query(`select * from ${table}`)) as Record<string, unknown>[]
      expect(row).to.include({ name: 'ADA!', nick: 'COUNTESS!', isAdmin: 'no' })
      expect(String(row?.account)).to.equal('12345678901')
    })

    it('are transformed in the conditions of list and revoke', async () => {
      const { manager } = await open()
      await manager.set('one', { name: 'ada', account: 1n, isAdmin: true })
      await manager.set('two', { name: 'bob', account: 2n, isAdmin: false })
      expect(await manager.list({ name: 'ada' })).to.have.lengthOf(1)
      expect(await manager.list({ name: 'ADA!' })).to.have.lengthOf(0)
      expect(await manager.list({ account: 2n, isAdmin: false })).to.have.lengthOf(1)
      expect(await manager.list({ nick: null })).to.have.lengthOf(2)
      expect(await manager.revoke({ name: 'bob', account: 1n })).to.equal(0)
      expect(await manager.revoke({ name: 'bob', account: 2n })).to.equal(1)
      expect(await manager.revoke({ isAdmin: true })).to.equal(1)
    })

    it('a bigint is what TypeORM makes of it, and finds itself', async () => {
      const { manager } = await open()
      await manager.set('an id', { plain: '9007199254740991' })
      const plain = (await manager.get('an id'))?.plain
      expect(String(plain)).to.equal('9007199254740991')
      expect(await manager.list({ plain: '9007199254740991' })).to.have.lengthOf(1)
      expect(await manager.list({ plain: 9007199254740991 })).to.have.lengthOf(1)
    })
  })
}
