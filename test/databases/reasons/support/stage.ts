import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { reachable } from '../../../support/matrix.js'
import { type Account, accountOn } from './account.js'
import type { Opened, Place, ReasonDatabase } from './databases.js'
import { type Site, siteOf } from './site.js'

/** An open model on a table of its own, with a Koa app and a visitor who is logged in. */
export interface Scene extends Opened {
  readonly site: Site
  readonly account: Account
  /** Runs a statement as the administrator; on SQLite as the application. */
  change(sql: string): Promise<unknown>
}

/** What rules know of the database that they are declared for. */
export interface Stage {
  readonly database: ReasonDatabase
  readonly isPostgres: boolean
  readonly isSqlite: boolean
  readonly isTypeOrm: boolean
  /** How to reach the database of the account, or a file. */
  place(): Place
  account(): Account
  /** Runs a rule, and closes everything. The app reaches the database by `place`. */
  open(rule: (scene: Scene) => Promise<void>, place?: Place): Promise<void>
}

/** Declares the rules for each database that can be reached. */
export async function onEachDatabase(
  databases: readonly ReasonDatabase[],
  rules: readonly ((stage: Stage) => void)[],
): Promise<void> {
  for (const database of await reachable(databases)) {
    describe(`what the log tells: ${database.name}`, () => {
      const stage = new DatabaseStage(database)
      before(() => stage.begin())
      after(() => stage.end())
      for (const declare of rules) declare(stage)
    })
  }
}

/** Expects the first line of a log to be this sentence; the others are of the stack. */
export function expectLog(log: string, expected: string | RegExp): void {
  const [line = ''] = log.trim().split('\n')
  if (process.env.SHOW_REASONS) process.stdout.write(`      ${line}\n`)
  if (typeof expected === 'string') expect(line).to.equal(`SessionError: ${expected}`)
  else expect(line).to.match(expected)
  expect(log).to.match(/\n +at /)
}

class DatabaseStage implements Stage {
  readonly database: ReasonDatabase
  readonly isPostgres: boolean
  readonly isSqlite: boolean
  readonly isTypeOrm: boolean
  #account: Account | undefined
  #folder = ''
  #files = 0

  constructor(database: ReasonDatabase) {
    this.database = database
    this.isPostgres = database.server === 'postgres'
    this.isSqlite = database.server === undefined
    this.isTypeOrm = database.orm === 'typeorm'
  }

  async begin(): Promise<void> {
    const { server, orm } = this.database
    if (server) this.#account = await accountOn(server, `reasons_${orm}`)
    else this.#folder = mkdtempSync(join(tmpdir(), 'sessions-'))
  }

  async end(): Promise<void> {
    await this.#account?.remove()
    if (this.#folder) rmSync(this.#folder, { recursive: true })
  }

  readonly account = (): Account => {
    if (!this.#account) throw new Error('SQLite has no accounts.')
    return this.#account
  }

  readonly place = (): Place => {
    if (!this.#account) return { file: join(this.#folder, `${++this.#files}.db`) }
    const { name, password } = this.#account
    return { username: name, password, database: name }
  }

  readonly open = async (rule: (scene: Scene) => Promise<void>, place: Place = {}): Promise<void> => {
    const opened = await this.database.open({ ...this.place(), ...place })
    try {
      await opened.create()
      const site = await siteOf(opened)
      const account = this.#account
      const change = (sql: string): Promise<unknown> => (account ? account.query(sql) : opened.query(sql))
      await rule({ ...opened, site, change, account: account as Account })
    } finally {
      await opened.close()
    }
  }
}
