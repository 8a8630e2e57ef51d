import { expect } from 'chai'
import { SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { ChildEntity, Column, Entity, PrimaryColumn, TableInheritance } from 'typeorm'
import { createTables, databases, newDataSource, tableName } from './support/data-sources.js'

const expires = new Date(Date.now() + 3_600_000)

for (const database of databases) {
  describe(`TypeORM: a session model that shares its table with other entities (${database.name})`, () => {
    async function open() {
      @Entity(tableName('tokens'))
      @TableInheritance({ column: { type: 'varchar', length: 20, name: 'kind' } })
      class Token {
        @PrimaryColumn({ type: 'varchar', length: 128 }) id!: string
      }
      @ChildEntity('api')
      class ApiKey extends Token {}
      @ChildEntity('web')
      @SessionModel()
      class WebSession extends Token {
        @Column({ type: 'integer', nullable: true }) userId!: number | null
      }
      const dataSource = newDataSource(database, { entities: [Token, ApiKey] })
      const Sessions = registerSessionModel(dataSource, WebSession)
      await createTables(dataSource, database)
      const backend = Sessions[sessionBackend]()
      const rowOf = (id: string) => ({ id, data: '{}', expires, createdAt: new Date(), version: 1, columns: {} })
      await backend.insert(['a', 'b', 'c', 'x'].map(rowOf))
      await dataSource.query(`UPDATE ${tableName('tokens')} SET kind = 'api' WHERE id = 'x'`)
      return { dataSource, backend }
    }

    const updateOf = (id: string) => ({
      id,
      version: 1,
      now: new Date(),
      values: { data: '{"n":1}', version: 2, expires },
    })
    const idsOf = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id).sort()

    it('finds and writes rows of its own only', async () => {
      const { dataSource, backend } = await open()
      expect(idsOf(await backend.find(['a', 'b', 'x']))).to.deep.equal(['a', 'b'])
      expect(await backend.find(['x'])).to.deep.equal([])
      expect(await backend.update([updateOf('x')])).to.deep.equal([false])
      expect(await backend.update([updateOf('a')])).to.deep.equal([true])
      expect(await backend.touch([{ id: 'x', version: 1, now: new Date(), expires }])).to.deep.equal([false])
      await dataSource.destroy()
    })

    it('writes several rows together, where the database can', async () => {
      const { dataSource, backend } = await open()
      const together = await backend.update(['a', 'b', 'x'].map(updateOf))
      expect(together).to.deep.equal([true, true, null])
      const rows = await backend.find(['a', 'b', 'c'])
      expect(rows.map(({ id, data }) => [id, data]).sort()).to.deep.equal([
        ['a', '{"n":1}'],
        ['b', '{"n":1}'],
        ['c', '{}'],
      ])
      await dataSource.destroy()
    })
  })
}
