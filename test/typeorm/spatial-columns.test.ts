import { expect } from 'chai'
import { SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column } from 'typeorm'
import { createTables, databases, newDataSource, tableName } from './support/data-sources.js'

const expires = new Date(Date.now() + 3_600_000)

for (const database of databases.filter(({ server }) => server === 'mariadb')) {
  describe(`TypeORM: a column that needs SQL around its values (${database.name})`, () => {
    it('is read and written in the way of TypeORM', async () => {
      @SessionModel({ tableName: tableName('spatial') })
      class PlacedSession {
        @Column({ type: 'point', nullable: true }) place!: string | null
      }
      const dataSource = newDataSource(database)
      const backend = registerSessionModel(dataSource, PlacedSession)[sessionBackend]()
      await createTables(dataSource, database)
      const row = { id: 'a', data: '{}', expires, createdAt: new Date(), version: 1, columns: { place: 'POINT(1 2)' } }
      await backend.insert([row])
      expect((await backend.find(['a', 'b']))[0]?.columns).to.deep.equal({ place: 'POINT(1 2)' })
      const values = { version: 2, columns: { place: 'POINT(3 4)' } }
      expect(await backend.update([{ id: 'a', version: 1, now: new Date(), values }])).to.deep.equal([true])
      expect((await backend.find(['a']))[0]).to.deep.include({ version: 2, columns: { place: 'POINT(3 4)' } })
      await dataSource.destroy()
    })
  })
}
