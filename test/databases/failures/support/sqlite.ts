import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { BackendFailure, SessionBackend } from 'koa-session-model'
import { idle } from '../../../support/passing-time.js'
import { TestCall } from './call.js'
import { dataOf, failure, rowOf, touchOf, updateOf } from './rows.js'

/** A backend on SQLite, and a transaction of the application in the same database. */
export interface OpenSqlite {
  readonly backend: SessionBackend
  begin(): Promise<{ commit(): Promise<void> }>
  close(): Promise<void>
}

/** Declares what is told of an SQLite database that somebody else writes to, with an ORM that opens the file. `busy` is what a locked file means. */
export function testSqlite(
  name: string,
  open: (file: string) => Promise<OpenSqlite>,
  busy: BackendFailure = 'conflict',
): void {
  describe(`failures: ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'sessions-'))
    after(() => rmSync(folder, { recursive: true }))

    it(`a file that another connection writes to is a ${busy}`, async () => {
      const [own, other] = [await open(join(folder, 'busy.db')), await open(join(folder, 'busy.db'))]
      const { backend } = own
      await backend.insert([rowOf('a'), rowOf('b')])
      const { commit } = await other.begin()
      expect(await failure(backend, backend.update([updateOf('a')]))).to.equal(busy)
      expect(await failure(backend, backend.insert([rowOf('c')]))).to.equal(busy)
      expect(await failure(backend, backend.touch([touchOf('a'), touchOf('b')]))).to.equal(busy)
      await commit()
      expect(await failure(backend, backend.insert([rowOf('a')]))).to.equal('failed')
      expect(await backend.update([updateOf('a')])).to.deep.equal([true])
      for (const { close } of [own, other]) await close()
    })
  })
}

/** Declares what is told where the ORM has one connection, and session writes wait for transactions of the application. */
export function testOneConnection(name: string, open: (file: string) => Promise<OpenSqlite>): void {
  describe(`failures on one connection: ${name}`, () => {
    it('a session that waits for a transaction is not written when nobody wants it any more', async () => {
      const { backend, begin, close } = await open(':memory:')
      await backend.insert([rowOf('a')])
      const { commit } = await begin()
      const call = new TestCall()
      const failed = failure(backend, backend.update([updateOf('a')], call))
      await idle()
      expect(call.waits.at(-1)).to.equal('connection')
      call.end()
      await commit()
      expect(await failed).to.not.equal(undefined)
      expect(call.waits.at(-1)).to.equal('connection')
      expect(await dataOf(backend, 'a')).to.equal('{}')
      await close()
    })
  })
}
