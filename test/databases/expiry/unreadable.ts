import { expect } from 'chai'
import { type SessionEvents, SessionManager } from 'koa-session-model'
import type { TestColumns } from 'koa-session-model/testing'
import { after, afterEach, before, beforeEach, describe, it } from 'mocha'
import { expectError } from '../../support/errors.js'
import { type MatrixRow, type OpenModel, reachable } from '../../support/matrix.js'
import { openSession } from '../../support/open-session.js'

/** An `expires` that somebody has written, as SQL, and which of the model's conditions matches it. */
interface Unreadable {
  readonly sql: string
  readonly matches: 'active' | 'expired' | undefined
}

const beyond = { sql: '9000000000000000000', matches: 'active' } as const

/** By the kind of database, whose managed columns have different types. */
const kinds: Record<string, { nullable?: string; values: Record<string, Unreadable>; endless?: string }> = {
  PostgreSQL: {
    nullable: 'ALTER TABLE ? ALTER COLUMN expires DROP NOT NULL',
    values: {
      NULL: { sql: 'NULL', matches: undefined },
      'a year that no Date holds': { sql: "'294276-01-01 00:00:00+00'", matches: 'active' },
    },
    endless: "'infinity'",
  },
  MariaDB: {
    nullable: 'ALTER TABLE ? MODIFY expires BIGINT NULL',
    values: { NULL: { sql: 'NULL', matches: undefined }, 'milliseconds that no Date holds': beyond },
    endless: '8640000000000000',
  },
  sqlite: {
    values: { 'a word': { sql: "'never'", matches: 'active' }, 'an empty text': { sql: "''", matches: 'expired' } },
  },
}

/** Tests what becomes of sessions whose expiry cannot be read, on each row of the matrix. */
export async function testUnreadable(rows: readonly MatrixRow[]): Promise<void> {
  for (const row of await reachable(rows)) {
    const kind = Object.entries(kinds).find(([name]) => row.name.includes(name))
    if (!kind) throw new Error(`There is nothing to write on ${row.name}.`)
    describe(`an expiry that cannot be read: ${row.name}`, () => testRow(row, kind[1]))
  }
}

function testRow({ name, open }: MatrixRow, { nullable, values, endless }: (typeof kinds)[string]): void {
  let opened: OpenModel
  let manager: SessionManager<TestColumns>
  let errors: SessionEvents['error'][]

  before(async () => {
    opened = await open({ table: `expiry_${name.replace(/\W+/g, '_').toLowerCase()}` })
    if (nullable) await opened.execute(nullable)
  })
  after(async () => {
    await opened.execute('DROP TABLE ?')
    await opened.close()
  })
  beforeEach(async () => {
    manager = new SessionManager({ model: opened.model, cleanup: false })
    errors = []
    manager.on('error', (event) => void errors.push(event))
    await manager.deleteAll()
    await manager.set('a', { n: 1 })
  })
  afterEach(() => manager.close())

  const codes = () => errors.map(({ error }) => (error as { code?: string }).code)
  const write = (sql: string) => opened.execute(`UPDATE ? SET expires = ${sql}`)
  const stored = () => opened.row(manager.rowId('a'))
  const attempts: Record<string, () => Promise<unknown>> = {
    get: () => manager.get('a'),
    set: () => manager.set('a', { n: 2 }),
    open: () => openSession(manager, 'a'),
  }

  for (const [title, { sql, matches }] of Object.entries(values)) {
    it(`is an error for who comes with the session, and no row is added: ${title}`, async () => {
      await write(sql)
      for (const attempt of Object.values(attempts)) await expectError('DATA_CORRUPT', attempt)
      expect(codes()).to.deep.equal(['DATA_CORRUPT', 'DATA_CORRUPT', 'DATA_CORRUPT'])
      expect(errors.map(({ session }) => session)).to.not.include(null)
      expect(await opened.dump()).to.have.length(1)
    })

    it(`is an error on the row, whichever condition matches it: ${title}`, async () => {
      await write(sql)
      const row = await stored()
      await expectError('DATA_CORRUPT', () => row?.active)
      await expectError('DATA_CORRUPT', () => row?.expired)
      expect(await opened.count('active')).to.equal(matches === 'active' ? 1 : 0)
      expect(await opened.count('expired')).to.equal(matches === 'expired' ? 1 : 0)
    })

    it(`hides no other session of a list: ${title}`, async () => {
      await write(sql)
      await manager.set('b', { n: 1 })
      const listed = await manager.list({ userId: null })
      const ids = listed.map(({ id }) => id)
      expect(ids).to.include(manager.rowId('b'))
      expect(ids.includes(manager.rowId('a'))).to.equal(matches === 'active')
      const shown = listed.find(({ id }) => id === manager.rowId('a'))
      if (shown) await expectError('DATA_CORRUPT', () => shown.expires)
    })

    it(`is told of once by the clean-up: ${title}`, async () => {
      await write(sql)
      expect(await manager.deleteExpired()).to.equal(matches === 'expired' ? 1 : 0)
      await manager.deleteExpired()
      expect(codes()).to.deep.equal(matches === 'expired' ? [] : ['DATA_CORRUPT'])
      expect(await opened.dump()).to.have.length(matches === 'expired' ? 0 : 1)
    })

    it(`keeps nobody from ending the session: ${title}`, async () => {
      await write(sql)
      await manager.delete('a')
      expect(await opened.dump()).to.deep.equal([])
    })
  }

  if (endless) {
    it('is none where there is no end: the session lives, and is written without getting one', async () => {
      await write(endless)
      const before = (await opened.dump())[0]?.expires
      expect(await manager.get('a')).to.deep.include({ n: 1 })
      await manager.set('a', { n: 2 })
      const session = await openSession(manager, 'a')
      await session.update(() => session.properties.set('n', 3))
      session.touch()
      await session.commit()
      expect(await manager.get('a')).to.deep.include({ n: 3 })
      expect((await opened.dump())[0]?.expires).to.deep.equal(before)
      expect([await opened.count('active'), await opened.count('expired')]).to.deep.equal([1, 0])
      expect((await stored())?.active).to.equal(true)
      expect(await manager.deleteExpired()).to.equal(0)
      expect(codes()).to.deep.equal([])
    })

    it('is none where there is no end, until the session gets a maxAge of its own', async () => {
      await write(endless)
      const session = await openSession(manager, 'a')
      session.changeable.changeMeta({ maxAge: 3_600_000 })
      await session.commit()
      expect(session.state.expires.getTime()).to.be.closeTo(Date.now() + 3_600_000, 60_000)
      expect((await stored())?.expires).to.deep.equal(session.state.expires)
    })

    it('is none where there is no end, and the absolute timeout comes all the same', async () => {
      await write(endless)
      const inTwoDays = () => Date.now() + 2 * 86_400_000
      const strict = new SessionManager({
        model: opened.model,
        cleanup: false,
        absoluteTimeout: '1d',
        now: inTwoDays,
      })
      expect(await strict.get('a')).to.equal(undefined)
    })
  }
}
