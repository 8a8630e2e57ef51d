import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column, type DataSource, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { createTables, newDataSource, sqlite } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

@Entity('notes')
class Note {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'varchar' }) text!: string
}

async function registered(dataSource: DataSource) {
  @SessionModel({ tableName: 'transactions' })
  class TransactionSession {
    @Column({ type: 'integer', nullable: true }) userId!: number | null
  }
  const Sessions = registerSessionModel(dataSource, TransactionSession)
  await createTables(dataSource, sqlite)
  const manager = managerOf(Sessions)
  await manager.set('changed', { userId: 1 })
  await manager.set('ended', { userId: 2 })
  return manager
}

type Manager = Awaited<ReturnType<typeof registered>>

/** Changes sessions within a transaction of the application, which ends as `end` says. */
async function changeWithin(dataSource: DataSource, manager: Manager, end: 'commit' | 'rollback'): Promise<void> {
  const work = dataSource.transaction(async (entities) => {
    await entities.save(Object.assign(new Note(), { text: 'x' }))
    await manager.set('new', { userId: 3 })
    await manager.set('changed', { userId: 4 })
    await manager.delete('ended')
    if (end === 'rollback') throw new Error(end)
  })
  expect(await work.catch((error: Error) => error.message)).to.equal(end === 'commit' ? undefined : end)
  expect(await dataSource.getRepository(Note).count()).to.equal(end === 'commit' ? 1 : 0)
}

const users = async (manager: Manager) =>
  Promise.all(['new', 'changed', 'ended'].map(async (id) => (await manager.get(id))?.userId))

describe("TypeORM on SQLite: the application's transactions, on its one connection", () => {
  it('keep what sessions store meanwhile, if they are committed', async () => {
    const dataSource = newDataSource(sqlite, { entities: [Note] })
    const manager = await registered(dataSource)
    await changeWithin(dataSource, manager, 'commit')
    expect(await users(manager)).to.deep.equal([3, 4, undefined])
  })

  it('KNOWN WEAKNESS: take back what sessions store meanwhile, if they are rolled back', async () => {
    const dataSource = newDataSource(sqlite, { entities: [Note] })
    const manager = await registered(dataSource)
    await changeWithin(dataSource, manager, 'rollback')
    expect(await users(manager)).to.deep.equal([undefined, 1, 2])
  })

  it('take nothing back of sessions that have a database file of their own', async () => {
    const dataSource = newDataSource(sqlite, { entities: [Note] })
    await createTables(dataSource, sqlite)
    const manager = await registered(newDataSource())
    await changeWithin(dataSource, manager, 'rollback')
    expect(await users(manager)).to.deep.equal([3, 4, undefined])
  })
})
