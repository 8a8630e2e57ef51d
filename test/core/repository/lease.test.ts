import { expect } from 'chai'
import { MemorySessionBackend, SessionManager } from 'koa-session-model'
import { openSession } from '../../support/open-session.js'
import { idle } from '../../support/passing-time.js'

type Columns = { userId: number | null }

const limit = { by: 'userId', max: 1 } as const

async function login(manager: SessionManager<Columns>): Promise<void> {
  const session = await openSession(manager)
  session.properties.set('userId', 1)
  await session.commit()
}

describe('the lock of the limit', () => {
  it('is not taken for ours where the answer was lost, and another process has taken it', async () => {
    const backend = new MemorySessionBackend<Columns>({ userId: null })
    Object.assign(backend, { failureOf: () => 'uncertain' })
    const [ours, others] = [0, 1].map(() => new SessionManager<Columns>({ backend, cleanup: false, limit }))
    if (!ours || !others) throw new Error('no managers')
    await login(ours)
    const update = backend.update.bind(backend)
    const list = backend.list.bind(backend)
    let [holders, most] = [0, 0]
    backend.list = async (...given) => {
      most = Math.max(most, ++holders)
      await new Promise((resolve) => setTimeout(resolve, 50))
      holders--
      return list(...given)
    }
    let theirs: Promise<void> | undefined
    backend.update = async () => {
      backend.update = update
      theirs = login(others)
      while (holders === 0) await idle()
      throw new Error('the connection was lost')
    }
    await login(ours)
    await theirs
    expect(most).to.equal(1)
  })
})
