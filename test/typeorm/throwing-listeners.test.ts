import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column, type EntitySubscriberInterface } from 'typeorm'
import { openSession } from '../support/open-session.js'
import type { TypeOrmDatabase } from '../support/typeorm-rows.js'
import { createTables, databases, newDataSource, tableName } from './support/data-sources.js'
import { expectRejection } from './support/expect-error.js'
import { managerOf } from './support/manager.js'

/** Sessions `a` and `b`, and a subscriber that fails at this event while `state.fails`. */
async function store(database: TypeOrmDatabase, event: keyof EntitySubscriberInterface) {
  @SessionModel({ tableName: tableName('throwing_listeners') })
  class WebSession {
    @Column({ type: 'integer', nullable: true }) userId!: number | null
  }
  const dataSource = newDataSource(database)
  const Sessions = registerSessionModel(dataSource, WebSession)
  await createTables(dataSource, database)
  const manager = managerOf(Sessions)
  await manager.set('a', { userId: 1 })
  await manager.set('b', { userId: 1 })
  const state = { fails: true }
  const failing = (): void => {
    if (state.fails) throw new Error('The application refuses.')
  }
  dataSource.subscribers.push({ [event]: failing })
  return { manager, state }
}

for (const database of databases) {
  describe(`TypeORM: a subscriber that throws (${database.name})`, () => {
    it('before an update: the session stays as it was', async () => {
      const { manager, state } = await store(database, 'beforeUpdate')
      const { message } = await expectRejection('BACKEND_FAILED', manager.set('a', { userId: 2 }))
      expect(message).to.match(
        /^Code that runs with .* has thrown an? Error at .*throwing-listeners.*; see the cause\. Look at the hooks/,
      )
      state.fails = false
      expect(await manager.get('a')).to.deep.equal({ userId: 1 })
    })

    it('before an insert: there is no session', async () => {
      const { manager, state } = await store(database, 'beforeInsert')
      await expectRejection('BACKEND_FAILED', manager.set('c', { userId: 2 }))
      state.fails = false
      expect(await manager.get('c')).to.equal(undefined)
    })

    it('before a removal: no session has ended', async () => {
      const { manager, state } = await store(database, 'beforeRemove')
      await expectRejection('BACKEND_FAILED', manager.revoke({ userId: 1 }))
      state.fails = false
      expect(await manager.list({ userId: 1 })).to.have.lengthOf(2)
    })

    it('before any statement: nothing is read or written', async () => {
      const { manager, state } = await store(database, 'beforeQuery')
      await expectRejection('BACKEND_FAILED', manager.get('a'))
      await expectRejection('BACKEND_FAILED', manager.delete('a'))
      state.fails = false
      expect(await manager.get('a')).to.deep.equal({ userId: 1 })
    })

    it('after a load: that is an error, and no empty session', async () => {
      const { manager, state } = await store(database, 'afterLoad')
      await expectRejection('BACKEND_FAILED', manager.get('a'))
      await expectRejection('BACKEND_FAILED', openSession(manager, 'a'))
      state.fails = false
      expect(await manager.get('a')).to.deep.equal({ userId: 1 })
    })

    it('after an update: that is an error, and what was written stays', async () => {
      const { manager, state } = await store(database, 'afterUpdate')
      await expectRejection('BACKEND_FAILED', manager.set('a', { userId: 2 }))
      state.fails = false
      expect(await manager.get('a')).to.deep.equal({ userId: 2 })
    })
  })
}
