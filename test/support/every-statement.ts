import { expect } from 'chai'
import type { SessionManager } from 'koa-session-model'
import { openSession } from './open-session.js'

/** The columns of the model under test. */
export interface Columns {
  userId: number | null
}

/** Does everything with sessions that sends a statement. */
export async function sendEvery(manager: SessionManager<Columns>): Promise<void> {
  await manager.set('one', { userId: 1 })
  await manager.set('one', { userId: 2, cart: [0] })
  await manager.set('two', { userId: 2 })
  expect(await manager.get('one')).to.deep.equal({ userId: 2, cart: [0] })
  expect(await manager.get('none')).to.equal(undefined)
  expect(await manager.list({ userId: 2 })).to.have.lengthOf(2)
  const opened = [await openSession(manager, 'one'), await openSession(manager, 'two')] as const
  for (const session of opened) session.properties.set('x', 1)
  await Promise.all(opened.map((session) => session.commit()))
  await opened[0].regenerate()
  await opened[0].commit()
  await manager.delete('two')
  await manager.create({ userId: 3 }, { maxAge: 1 }) // a millisecond: expired when the clean-up comes
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(await manager.deleteExpired()).to.equal(1)
  expect(await manager.revoke({ userId: 2 })).to.equal(1)
}
