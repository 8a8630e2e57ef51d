import { reachable } from '../../../support/matrix.js'
import type { FailingDatabase, OpenBackend, OpenFailing } from './databases.js'
import { type Rival, rivalOn } from './rival.js'
import { rowOf } from './rows.js'

/** A table with the rows `a` and `b`, a pool of one connection, and somebody else. */
export interface Scene extends OpenBackend {
  readonly rival: Rival
  /** Lets somebody else lock the row `a` until its transaction ends. */
  lock(): Promise<void>
}

/** What rules know of the database that they are declared for. */
export interface Stage {
  readonly server: FailingDatabase['server']
  readonly isPostgres: boolean
  readonly table: string
  readonly quoted: string
  /** Runs a rule, and closes everything. */
  open<T>(options: Partial<OpenFailing>, rule: (scene: Scene) => Promise<T>): Promise<T>
}

/** Declares the same rules for each database that can be reached. */
export async function onEach(
  databases: readonly FailingDatabase[],
  rules: readonly ((stage: Stage) => void)[],
): Promise<void> {
  for (const database of await reachable(databases)) {
    describe(`failures: ${database.name}`, () => {
      const stage = stageOf(database)
      for (const declare of rules) declare(stage)
      after(async () => {
        const rival = await rivalOn(database.server)
        await rival.query(`DROP TABLE IF EXISTS ${stage.quoted}`)
        await rival.close()
      })
    })
  }
}

function stageOf(database: FailingDatabase): Stage {
  const { server } = database
  const table = `failing_${database.name.toLowerCase().replace(/\W+/g, '_')}`
  const isPostgres = server === 'postgres'
  const quoted = isPostgres ? `"${table}"` : `\`${table}\``
  return {
    server,
    isPostgres,
    table,
    quoted,
    open: async (options, rule) => {
      const made = await database.open({ table })
      await made.backend.insert([rowOf('a'), rowOf('b')])
      await made.close()
      const [rival, opened] = [await rivalOn(server), await database.open({ table, exists: true, ...options })]
      const lock = async (): Promise<void> => {
        await rival.query('BEGIN')
        await rival.query(`SELECT 1 FROM ${quoted} WHERE id = 'a' FOR UPDATE`)
      }
      try {
        return await rule({ ...opened, rival, lock })
      } finally {
        await rival.query('ROLLBACK')
        await rival.close()
        await opened.close()
      }
    },
  }
}
