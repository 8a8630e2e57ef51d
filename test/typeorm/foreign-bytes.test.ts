import { expect } from 'chai'
import { type RegisteredModel, SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { type DataSource, PrimaryGeneratedColumn } from 'typeorm'
import { openSession } from '../support/open-session.js'
import { createTables, databases, newDataSource, tableName } from './support/data-sources.js'
import { expectRejection } from './support/expect-error.js'
import { managerOf } from './support/manager.js'

const id = 'a'.repeat(43)

for (const database of databases) {
  describe(`TypeORM: data that another program wrote, in bytes (${database.name})`, () => {
    async function open(data: Buffer) {
      const table = tableName('foreign_bytes')
      const type = database.server === 'postgres' ? 'bytea' : database.server ? 'longblob' : 'blob'
      @SessionModel({
        tableName: table,
        columns: { id: { name: 'session_id', length: 255 }, data: { type }, createdAt: false, version: false },
      })
      class StoredSession {
        @PrimaryGeneratedColumn({ name: 'id' }) key!: number
      }
      const dataSource: DataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, StoredSession)
      await createTables(dataSource, database)
      const manager = managerOf(Sessions as RegisteredModel, { hashIds: false })
      await manager.set(id, {})
      const repository = dataSource.getRepository(Sessions as never)
      await repository.update({ id } as never, { data } as never)
      const stored = async () => ((await repository.findOneByOrFail({ id } as never)) as { data: Uint8Array }).data
      return { manager, stored: async () => Buffer.from(await stored()) }
    }

    it('keeps its numbers', async () => {
      const { manager, stored } = await open(Buffer.from('{"discord_id": 1234567890123456789, "visits": 1}'))
      const session = await openSession(manager, id)
      session.properties.set('visits', 2)
      await session.commit()
      expect(String(await stored())).to.equal('{"discord_id": 1234567890123456789, "visits": 2}')
    })

    it('is corrupt, and stays as it is, if it is no UTF-8', async () => {
      const data = Buffer.from('{"name": "José", "visits": 1}', 'latin1')
      const { manager, stored } = await open(data)
      const session = await openSession(manager, id)
      await expectRejection(
        'DATA_CORRUPT',
        Promise.resolve().then(() => session.properties.set('visits', 2)),
      )
      await session.commit()
      const replaced = await openSession(manager, id)
      await replaced.regenerate()
      await expectRejection('DATA_CORRUPT', replaced.commit())
      expect((await stored()).equals(data)).to.equal(true)
      expect((await manager.list({ id })).map((row) => row.id)).to.deep.equal([id])
    })
  })
}
