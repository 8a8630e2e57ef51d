import { expect } from 'chai'
import {
  type RegisteredModel,
  type SessionBackend,
  SessionManager,
  type SessionRow,
  sessionBackend,
} from 'koa-session-model'
import { expectError } from './errors.js'

/** Texts that some collation takes for equal. */
const alike = ['jose', 'josé', 'JOSE', 'jose\u0301', 'jose ', 'mike', 'mıke', 'ß', 'ss', '😀', '😺']
const withoutBlanks = alike.filter((text) => !text.endsWith(' '))

/** A kind of column that the column `name`, a VARCHAR(100), is made to be. */
interface Variant {
  readonly title: string
  /** What is run before and afterwards. */
  readonly before?: string
  readonly after?: string
  /** The type in SQL. */
  readonly type: string
  readonly texts: readonly string[]
}

const collation = 'CREATE COLLATION ksm_ignoring (provider = icu, locale = $$und-u-ks-level1$$, deterministic = false)'

const variants = {
  mariadb: [
    { title: 'utf8mb4_general_ci', type: 'VARCHAR(100) COLLATE utf8mb4_general_ci', texts: alike },
    { title: 'utf8mb4_unicode_ci', type: 'VARCHAR(100) COLLATE utf8mb4_unicode_ci', texts: alike },
    { title: 'utf8mb4_bin', type: 'VARCHAR(100) COLLATE utf8mb4_bin', texts: alike },
    { title: 'latin1', type: 'VARCHAR(100) CHARACTER SET latin1', texts: ['jose', 'josé', 'JOSE', 'jose ', 'ß', 'ss'] },
    { title: 'TEXT', type: 'TEXT COLLATE utf8mb4_general_ci', texts: alike },
    { title: 'CHAR', type: 'CHAR(100) COLLATE utf8mb4_general_ci', texts: withoutBlanks },
  ],
  postgres: [
    { title: 'VARCHAR', type: 'VARCHAR(100)', texts: alike },
    { title: 'CHAR', type: 'CHAR(100)', texts: withoutBlanks },
    {
      title: 'a collation that is not deterministic',
      before: collation,
      type: 'VARCHAR(100) COLLATE ksm_ignoring',
      after: 'DROP COLLATION ksm_ignoring',
      texts: alike,
    },
    {
      title: 'CITEXT',
      before: 'CREATE EXTENSION citext',
      type: 'CITEXT',
      after: 'DROP EXTENSION citext',
      texts: alike,
    },
  ],
  sqlite: [
    { title: 'VARCHAR', type: 'VARCHAR(100)', texts: alike },
    { title: 'NOCASE', type: 'VARCHAR(100) COLLATE NOCASE', texts: alike },
    { title: 'RTRIM', type: 'VARCHAR(100) COLLATE RTRIM', texts: alike },
  ],
} as const satisfies Readonly<Record<string, readonly Variant[]>>

/** A table of sessions with the columns `name` (VARCHAR(100), with an index), `count` (INTEGER) and `big` (BIGINT). */
export interface TextTable {
  readonly model: RegisteredModel
  readonly server: 'mariadb' | 'postgres' | undefined
  readonly table: string
  /** Sends a statement, and gives its rows. */
  run(sql: string, parameters?: unknown[]): Promise<Record<string, unknown>[]>
  /** The statements that were sent since the last call, with their parameters. */
  sent(): { readonly sql: string; readonly parameters: unknown[] }[]
  drop(): Promise<void>
}

/** Tests that conditions meet exactly the text that they say, in any kind of column. */
export function testExactText(server: TextTable['server'], open: () => Promise<TextTable>): void {
  const managers: SessionManager[] = []
  afterEach(() => {
    for (const manager of managers.splice(0)) manager.close()
  })
  const managerOf = (model: RegisteredModel, options: object = {}): SessionManager => {
    const manager = new SessionManager({ model, cleanup: false, ...options })
    managers.push(manager as SessionManager)
    return manager as SessionManager
  }

  for (const variant of variants[server ?? 'sqlite'] as readonly Variant[]) {
    it(`list, revoke and limit meet exactly this text: ${variant.title}`, async () => {
      const table = await open()
      try {
        if (variant.before) await table.run(variant.before)
        await retype(table, variant.type)
        await expectExact(managerOf(table.model), variant.texts)
        await expectLimit(managerOf(table.model, { limit: { by: 'name', max: 1 } }), variant.texts)
      } finally {
        await table.drop()
        if (variant.after) await table.run(variant.after)
      }
    })

    it(`they use the index: ${variant.title}`, async () => {
      const table = await open()
      try {
        if (variant.before) await table.run(variant.before)
        await retype(table, variant.type)
        await fill(table.model[sessionBackend]())
        if (server === 'mariadb') await table.run(`ANALYZE TABLE ${table.table}`)
        else await table.run('ANALYZE')
        table.sent()
        await managerOf(table.model).list({ name: 'filler7' } as never)
        expect(await managerOf(table.model).revoke({ name: 'filler7' } as never)).to.equal(1)
        const statements = table.sent().filter(({ sql }) => /filler7|session_/.test(`${sql} `) || sql.includes('IN ('))
        expect(statements).to.have.length(2)
        for (const { sql, parameters } of statements)
          expect(await planOf(table, sql, parameters)).to.contain('ksm_by_name')
      } finally {
        await table.drop()
        if (variant.after) await table.run(variant.after)
      }
    })
  }

  it('text that is no number, or a boolean, meets no column of numbers', async () => {
    const table = await open()
    try {
      const manager = managerOf(table.model)
      await manager.set('a', { count: 42, big: '9007199254740993' } as never)
      await manager.set('b', { count: 0, big: '9007199254740992' } as never)
      await manager.set('c', { count: 1, big: '1' } as never)
      for (const value of ['42abc', '', 'abc', ' 42', '4.2e1', '0x2A', '42.0', 42.5, true, false]) {
        for (const name of ['count', 'big']) {
          await expectError('WHERE_INVALID', () => manager.revoke({ [name]: value } as never))
        }
      }
      for (const value of ['42', 42, 42n]) expect(await manager.list({ count: value } as never)).to.have.length(1)
      for (const value of ['9007199254740993', 9007199254740993n, '9007199254740992'])
        expect(await manager.list({ big: value } as never), String(value)).to.have.length(1)
      await expectError('WHERE_INVALID', () => manager.list({ big: 2 ** 53 } as never))
    } finally {
      await table.drop()
    }
  })

  it('a number is text beside a column of text', async () => {
    const table = await open()
    try {
      const manager = managerOf(table.model)
      await manager.set('a', { name: '42' } as never)
      await manager.set('b', { name: '42abc' } as never)
      await manager.set('c', { name: 'true' } as never)
      await manager.set('d', { name: '042' } as never)
      for (const value of [42, 42n, true]) expect(await manager.list({ name: value } as never)).to.have.length(1)
      expect(await manager.list({ name: 0 } as never)).to.have.length(0)
    } finally {
      await table.drop()
    }
  })
}

async function retype({ server, table, run }: TextTable, type: string): Promise<void> {
  if (server === 'mariadb') await run(`ALTER TABLE ${table} MODIFY name ${type}`)
  else if (server === 'postgres') await run(`ALTER TABLE ${table} ALTER COLUMN name TYPE ${type}`)
  else {
    const made = await run(
      `SELECT sql FROM sqlite_master WHERE tbl_name = '${table}' AND sql IS NOT NULL ORDER BY type DESC`,
    )
    await run(`DROP TABLE ${table}`)
    for (const { sql } of made) await run(String(sql).replace(/varchar\(100\)/i, type))
  }
}

async function planOf({ server, run }: TextTable, sql: string, parameters: unknown[]): Promise<string> {
  const explain = server === 'mariadb' || server === 'postgres' ? 'EXPLAIN' : 'EXPLAIN QUERY PLAN'
  return JSON.stringify(await run(`${explain} ${sql}`, parameters))
}

async function expectExact(manager: SessionManager, texts: readonly string[]): Promise<void> {
  for (const [index, name] of texts.entries()) await manager.set(`s${index}`, { name, note: name } as never)
  for (const name of texts) {
    const found = await manager.list({ name } as never)
    const notes = found.map(({ properties }) => (properties as { note?: unknown }).note)
    expect(notes, `list '${name}'`).to.deep.equal([name])
  }
  for (const [index, name] of texts.entries()) {
    expect(await manager.revoke({ name } as never), `revoke '${name}'`).to.equal(1)
    expect(await manager.get(`s${index}`)).to.equal(undefined)
  }
}

/** Each may have one session, and so ends nobody else's. */
async function expectLimit(manager: SessionManager, texts: readonly string[]): Promise<void> {
  for (const [index, name] of texts.entries()) await manager.set(`l${index}`, { name } as never)
  for (const [index, name] of texts.entries()) {
    expect(await manager.get(`l${index}`), name).not.to.equal(undefined)
  }
  await manager.set('another', { name: texts[0] } as never)
  expect(await manager.get('l0')).to.equal(undefined)
}

/** Fills the table, so that an index is worth while. */
async function fill(backend: SessionBackend): Promise<void> {
  const expires = new Date(Date.now() + 3_600_000)
  const row = (index: number): SessionRow => {
    const id = `filler${index}`.padEnd(64, 'x')
    return { id, data: '{}', expires, createdAt: expires, version: 1, columns: { name: `filler${index}` } }
  }
  for (let page = 0; page < 10; page++) {
    await backend.insert(Array.from({ length: 100 }, (_, index) => row(page * 100 + index)))
  }
}
