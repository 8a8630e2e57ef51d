import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { SessionManager } from 'koa-session-model'
import { typeormRows } from '../support/typeorm-rows.js'
import { type ClientSocket, listen, socketKinds } from './support/sockets.js'

/** Five thousand take some seconds, and 10,000 open files. */
const count = process.env.ALL_SETUPS ? 5000 : 200
const openingAtOnce = 100

const [sqlite] = typeormRows

async function scene(table: string) {
  let statements = 0
  const onStatement = (sql: string): void => {
    if (/^SELECT\b.*\bexpires\b/i.test(sql)) statements++
  }
  const opened = await sqlite?.open({ table, onStatement })
  if (!opened) throw new Error('There is no SQLite.')
  const options = { model: opened.model, cleanup: false } as const
  const takeSelects = (): number => {
    const taken = statements
    statements = 0
    return taken
  }
  return { manager: new SessionManager(options), other: new SessionManager(options), takeSelects, close: opened.close }
}

/** Waits until `isDone`, for at most so many seconds. */
async function until(seconds: number, isDone: () => boolean): Promise<void> {
  const end = Date.now() + seconds * 1000
  while (!isDone() && Date.now() < end) await sleep(20)
}

for (const kind of socketKinds) {
  describe(`${count} sockets of ${kind.name}`, () => {
    it('close when their sessions are ended elsewhere, exactly those, by few reads', async function () {
      this.timeout(process.env.ALL_SETUPS ? 600_000 : 60_000)
      const { manager, other, takeSelects, close } = await scene(`sockets_${kind.name.replace('.', '_')}`)
      const { port, stop } = await listen(kind, manager as SessionManager)
      const created = await Promise.all(Array.from({ length: count }, (_, n) => other.create({ userId: n % 2 })))
      const sockets: ClientSocket[] = []
      for (let from = 0; from < count; from += openingAtOnce) {
        const some = created.slice(from, from + openingAtOnce)
        sockets.push(...(await Promise.all(some.map(({ cookie }) => kind.open(port, cookie)))))
      }
      const isClosed = (): boolean[] => sockets.map(({ closedBy }) => closedBy !== undefined)
      await sleep(100)
      expect(isClosed().filter(Boolean)).to.have.length(0)

      takeSelects()
      const begun = Date.now()
      expect(await other.revoke({ userId: 0 })).to.equal(count / 2)
      await until(60, () => isClosed().filter(Boolean).length >= count / 2)
      const seconds = (Date.now() - begun) / 1000
      const selects = takeSelects()
      await sleep(1100)
      expect(isClosed()).to.deep.equal(created.map((_, n) => n % 2 === 0))
      expect(new Set(sockets.map(({ closedBy }) => closedBy))).to.have.property('size', 2)
      // Each period reads all of them once; of those that are gone, the forwarding rows too.
      expect(selects).to.be.at.most(2 * Math.ceil(count / 128) * (seconds + 2))
      if (process.env.ALL_SETUPS) console.log(`      closed within ${seconds} s, by ${selects} selects`)

      await Promise.all(
        sockets
          .slice(1, 21)
          .filter(({ closedBy }) => closedBy === undefined)
          .map((one) => one.send()),
      )
      const [alive] = sockets.slice(1)
      await manager.delete(created[1]?.id ?? '')
      await until(5, () => alive?.closedBy !== undefined)
      expect(alive?.closedBy).to.equal(kind.name === 'ws' ? '4401 logout' : 'io server disconnect')
      const refused = await kind.open(port, created[0]?.cookie ?? '').catch((error: unknown) => error)
      expect(refused).to.be.instanceOf(Error)

      for (const socket of sockets) socket.close()
      await stop()
      manager.close()
      other.close()
      await close()
    })
  })
}
