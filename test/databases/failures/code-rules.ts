import { expect } from 'chai'
import { type BackendFailure, SessionManager } from 'koa-session-model'
import { rivalOn } from './support/rival.js'
import { dataOf, failure, write } from './support/rows.js'
import type { Scene, Stage } from './support/scene.js'

/** A failure as an engine of this protocol tells it: `code` is a SQLSTATE of PostgreSQL, or a number of MySQL. */
interface Told {
  readonly code: string
  readonly text: string
  readonly means: BackendFailure
}

const told = (means: BackendFailure, code: string, text: string): Told => ({ code, text, means })

const cockroach = 'restart transaction: TransactionRetryWithProtoRefreshError: WriteTooOldError'
const readOnly = 'The MySQL server is running with the --read-only option so it cannot execute this statement'

const postgresEngines: readonly Told[] = [
  told('conflict', '40001', cockroach), // CockroachDB
  told('uncertain', '40003', 'result is ambiguous'), // CockroachDB
  told('conflict', '40P01', 'canceling the transaction since it was involved in a distributed deadlock'), // Citus
  told('failed', '0A000', 'modifying the partition value of rows is not allowed'), // Citus
  told('unavailable', '25006', 'cannot execute UPDATE in a read-only transaction'), // Aurora
]

const mysqlEngines: readonly Told[] = [
  told('conflict', '8022', 'Error: KV error safe to retry'), // TiDB
  told('conflict', '8028', 'Information schema is changed during the execution of the statement'), // TiDB
  told('conflict', '9007', 'Write conflict'), // TiDB
  told('conflict', '1105', 'Information schema is changed. [try again later]'), // TiDB
  told('uncertain', '9005', 'Region is unavailable'), // TiDB
  told(
    'uncertain',
    '1105',
    'target: shop.-.primary: primary is not serving, there is a reparent operation in progress',
  ), // Vitess
  told('failed', '1235', "unsupported: You can't update primary vindex columns"), // Vitess
  told('unavailable', '1874', 'UPDATE statement with a replica target'), // Vitess
  told('unavailable', '1290', readOnly), // Aurora
  told('unavailable', '1836', 'Running in read-only mode'), // Aurora
]

/** Whether the failure shows that nothing was written, and passes. */
const isTriedAgain = ({ means }: Told): boolean => means === 'conflict' || means === 'unavailable'

/**
 * Declares what codes of engines mean that the tests do not run. The server raises each of them, so it comes through the
 * driver and the ORM.
 */
export function testCodes(stage: Stage): void {
  const { isPostgres, open, server, table, quoted } = stage
  after(async () => {
    const rival = await rivalOn(server)
    await rival.query(`DROP TRIGGER IF EXISTS ${table}_raise${isPostgres ? ` ON ${quoted}` : ''}`)
    await rival.query(`DROP SEQUENCE IF EXISTS ${table}_raised`)
    if (isPostgres) await rival.query(`DROP FUNCTION IF EXISTS ${table}_raise`)
    await rival.close()
  })

  for (const failing of isPostgres ? postgresEngines : mysqlEngines) {
    it(`${failing.code} is ${failing.means}: ${failing.text}`, () =>
      open({}, async (scene) => {
        const { backend } = scene
        const connection = await connectionOf(stage, scene)
        await raise(stage, scene, failing, 1)
        expect(await failure(backend, write(backend))).to.equal(failing.means)
        expect(await dataOf(backend, 'a')).to.equal('{}')
        const isKept = (await connectionOf(stage, scene)) === connection
        expect(isKept, 'the connection is kept').to.equal(['conflict', 'failed'].includes(failing.means))
        expect(await write(backend)).to.deep.equal([true])
      }))
  }

  for (const failing of (isPostgres ? postgresEngines : mysqlEngines).filter(isTriedAgain)) {
    it(`${failing.code} reaches no request, since the write is tried again: ${failing.text}`, () =>
      open({}, async (scene) => {
        const manager = new SessionManager({ backend: scene.backend, hashIds: false, cleanup: false })
        const errors: unknown[] = []
        manager.on('error', ({ error }) => errors.push(error))
        await manager.set('visitor', { n: 1 })
        await raise(stage, scene, failing, 2)
        await manager.set('visitor', { n: 2 })
        expect(await manager.get('visitor')).to.deep.include({ n: 2 })
        expect(await raised(stage, scene), 'the number of updates').to.be.greaterThan(2)
        expect(errors).to.deep.equal([])
        await manager.close()
      }))
  }
}

/** Lets the server answer the next updates of the table with this failure. Its sequence counts what is rolled back too. */
async function raise(stage: Stage, { rival }: Scene, { code, text }: Told, times: number): Promise<void> {
  const { isPostgres, table, quoted } = stage
  const quotedText = `'${text.replaceAll("'", "''")}'`
  await rival.query(`DROP SEQUENCE IF EXISTS ${table}_raised`)
  await rival.query(`CREATE SEQUENCE ${table}_raised`)
  if (!isPostgres) {
    await rival.query(
      `CREATE TRIGGER ${table}_raise BEFORE UPDATE ON ${quoted} FOR EACH ROW BEGIN IF NEXTVAL(${table}_raised) <= ${times} ` +
        `THEN SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = ${code}, MESSAGE_TEXT = ${quotedText}; END IF; END`,
    )
    return
  }
  await rival.query(
    `CREATE OR REPLACE FUNCTION ${table}_raise() RETURNS trigger AS $$ BEGIN IF nextval('${table}_raised') <= ${times} ` +
      `THEN RAISE EXCEPTION USING ERRCODE = '${code}', MESSAGE = ${quotedText}; END IF; RETURN NEW; END $$ LANGUAGE plpgsql`,
  )
  await rival.query(
    `CREATE TRIGGER ${table}_raise BEFORE UPDATE ON ${quoted} FOR EACH ROW EXECUTE FUNCTION ${table}_raise()`,
  )
}

/** How many updates of a row there were since {@link raise}. */
async function raised({ isPostgres, table }: Stage, { rival }: Scene): Promise<number> {
  const next = await rival.query(`SELECT nextval(${isPostgres ? `'${table}_raised'` : `${table}_raised`}) AS n`)
  return Number(next[0]?.n) - 1
}

/** The number of the pool's only connection. */
async function connectionOf({ isPostgres }: Stage, { query }: Scene): Promise<unknown> {
  const found = await query(`SELECT ${isPostgres ? 'pg_backend_pid()' : 'CONNECTION_ID()'} AS id`)
  return JSON.stringify(found)
}
