import { expect } from 'chai'
import { SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { ChildEntity, Column, DeleteDateColumn, Entity, PrimaryColumn, TableInheritance } from 'typeorm'
import { Clock } from '../support/clock.js'
import { createTables, databases, newDataSource, tableName } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

for (const database of databases) {
  describe(`TypeORM: counts and iterates (${database.name})`, () => {
    it('by renamed columns, with dates in another type', async () => {
      @SessionModel({
        tableName: tableName('iterate_renamed'),
        columns: { id: 'session_key', expires: 'valid_until', createdAt: { name: 'began_at', type: 'bigint' } },
      })
      class Renamed {
        @Column({ type: 'integer', nullable: true, name: 'user_key' }) userId!: number | null
      }
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, Renamed)
      await createTables(dataSource, database)
      const clock = new Clock()
      const manager = managerOf(Sessions, { now: clock.now, absoluteTimeout: '60s' })
      for (const userId of [1, 1, 2]) {
        await manager.create({ userId })
        clock.pass(20)
      }
      expect(await manager.count()).to.equal(2)
      expect(await manager.count({ userId: 1 })).to.equal(1)
      expect(await manager.list({}, { order: 'id', limit: 1 })).to.have.length(1)
      expect(await lengthOf(manager.iterate({ userId: 1 }, { batch: 1 }))).to.equal(1)
    })

    it('no session that was soft-deleted', async () => {
      @SessionModel({ tableName: tableName('iterate_soft') })
      class Soft {
        @Column({ type: 'integer', nullable: true }) userId!: number | null
        @DeleteDateColumn() destroyedAt!: Date | null
      }
      const dataSource = newDataSource(database)
      const manager = managerOf(registerSessionModel(dataSource, Soft))
      await createTables(dataSource, database)
      for (const id of ['one', 'two']) await manager.set(id, { userId: 1 })
      await manager.delete('one')
      expect(await manager.count()).to.equal(1)
      expect(await manager.count({ userId: 1 })).to.equal(1)
      expect(await manager.list({}, { order: 'id' })).to.have.length(1)
    })

    it('no row of another entity in its table', async () => {
      @Entity(tableName('iterate_tokens'))
      @TableInheritance({ column: { type: 'varchar', length: 20, name: 'kind' } })
      class Token {
        @PrimaryColumn({ type: 'varchar', length: 128 }) id!: string
      }
      @ChildEntity('web')
      @SessionModel()
      class WebSession extends Token {
        @Column({ type: 'integer', nullable: true }) userId!: number | null
      }
      const dataSource = newDataSource(database, { entities: [Token] })
      const Sessions = registerSessionModel(dataSource, WebSession)
      await createTables(dataSource, database)
      const manager = managerOf(Sessions)
      for (const id of ['one', 'two']) await manager.set(id, {})
      await dataSource.query(
        `UPDATE ${tableName('iterate_tokens')} SET kind = 'api' WHERE id = '${manager.rowId('one')}'`,
      )
      expect(await manager.count()).to.equal(1)
      expect(await manager.list({}, { order: 'id' })).to.have.length(1)
    })

    it('sessions whose beginning is NULL: no timeout can be told', async () => {
      @SessionModel({ tableName: tableName('iterate_null') })
      class Undated {
        @Column({ type: 'bigint', nullable: true }) createdAt!: number | null
      }
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, Undated)
      await createTables(dataSource, database)
      const manager = managerOf(Sessions, { absoluteTimeout: '60s' })
      await manager.set('one', {})
      const backend = Sessions[sessionBackend]()
      const [row] = await backend.find([manager.rowId('one')])
      await backend.insert([{ ...row, id: 'undated', createdAt: null } as never])
      expect(await manager.count()).to.equal(2)
      expect(await manager.list({})).to.have.length(2)
    })
  })
}

async function lengthOf(sessions: AsyncIterable<unknown>): Promise<number> {
  let count = 0
  for await (const _ of sessions) count++
  return count
}
