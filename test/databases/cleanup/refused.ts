import { expect } from 'chai'
import { type SessionEvents, SessionManager } from 'koa-session-model'
import type { TestColumns } from 'koa-session-model/testing'
import { after, afterEach, before, beforeEach, describe, it } from 'mocha'
import { type MatrixRow, type OpenModel, reachable } from '../../support/matrix.js'

const batch = 8
const count = 30
const referring = 'cleanup_refers'

/** Statements that keep rows with the label `kept` from being removed, and that let them go again. */
interface Keeping {
  readonly keep: readonly string[]
  readonly letGo: readonly string[]
}

const byKey: Record<string, Keeping> = {
  'a key of another table': {
    keep: [`INSERT INTO ${referring} SELECT id FROM ? WHERE label = 'kept'`],
    letGo: [`DELETE FROM ${referring}`],
  },
}

/** By the kind of database: what keeps rows, and the type of a column that refers to them. */
const kinds: Record<string, { readonly id: string; readonly keeping: Record<string, Keeping> }> = {
  PostgreSQL: {
    id: 'varchar(128)',
    keeping: {
      ...byKey,
      'a trigger that raises an error': postgresTrigger("RAISE EXCEPTION 'it is kept'; RETURN OLD;"),
      'a trigger that says nothing': postgresTrigger('RETURN NULL;'),
    },
  },
  MariaDB: {
    id: 'varchar(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
    keeping: {
      ...byKey,
      'a trigger that raises an error': {
        keep: [
          `CREATE TRIGGER cleanup_keep BEFORE DELETE ON ? FOR EACH ROW
           BEGIN IF OLD.label = 'kept' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'it is kept'; END IF; END`,
        ],
        letGo: ['DROP TRIGGER cleanup_keep'],
      },
    },
  },
  sqlite: {
    id: 'varchar(128)',
    keeping: {
      ...byKey,
      'a trigger that raises an error': sqliteTrigger("RAISE(ABORT, 'it is kept')"),
      'a trigger that says nothing': sqliteTrigger('RAISE(IGNORE)'),
    },
  },
}

function postgresTrigger(body: string): Keeping {
  return {
    keep: [
      `CREATE FUNCTION cleanup_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} END $$`,
      `CREATE TRIGGER cleanup_keep BEFORE DELETE ON ? FOR EACH ROW WHEN (OLD.label = 'kept') EXECUTE FUNCTION cleanup_keep()`,
    ],
    letGo: ['DROP FUNCTION cleanup_keep CASCADE'],
  }
}

function sqliteTrigger(action: string): Keeping {
  return {
    keep: [`CREATE TRIGGER cleanup_keep BEFORE DELETE ON ? WHEN OLD.label = 'kept' BEGIN SELECT ${action}; END`],
    letGo: ['DROP TRIGGER cleanup_keep'],
  }
}

/** Tests that the clean-up goes past rows which the database does not remove, on each row of the matrix. */
export async function testRefused(rows: readonly MatrixRow[]): Promise<void> {
  for (const row of await reachable(rows)) {
    const kind = Object.entries(kinds).find(([name]) => row.name.includes(name))?.[1]
    if (!kind) throw new Error(`Nothing is known of ${row.name}.`)
    describe(`expired rows that the database keeps: ${row.name}`, () => testRow(row, kind))
  }
}

function testRow({ name, open }: MatrixRow, { id, keeping }: (typeof kinds)[string]): void {
  let opened: OpenModel
  let manager: SessionManager<TestColumns>
  let errors: SessionEvents['error'][]
  let now = Date.now()

  before(async () => {
    opened = await open({ table: `cleanup_${name.replace(/\W+/g, '_').toLowerCase()}` })
    await opened.execute(`DROP TABLE IF EXISTS ${referring}`)
    await opened.execute(
      `CREATE TABLE ${referring} (session_id ${id}, FOREIGN KEY (session_id) REFERENCES ? (id) ON DELETE RESTRICT)`,
    )
  })
  after(async () => {
    await opened.execute(`DROP TABLE ${referring}`)
    await opened.execute('DROP TABLE ?')
    await opened.close()
  })
  beforeEach(async () => {
    manager = new SessionManager({ model: opened.model, now: () => now, cleanup: { batch } })
    errors = []
    manager.on('error', (event) => void errors.push(event))
    await manager.deleteAll()
  })
  afterEach(() => manager.close())

  /** Sessions that are expired, the `kept` ones first; and one that lives. */
  async function fill(kept: number): Promise<void> {
    now = Date.now()
    for (let number = 0; number < count; number++) {
      now += 1
      await manager.set(`session ${number}`, { label: number < kept ? 'kept' : null })
    }
    now += manager.options.maxAge + 1
    await manager.set('alive', {})
  }

  const stored = async (): Promise<number> => (await opened.dump()).length

  for (const [title, { keep, letGo }] of Object.entries(keeping)) {
    for (const kept of [1, batch + 3]) {
      it(`are left behind, are told of once, and removed when they can be: ${kept} by ${title}`, async () => {
        await fill(kept)
        for (const statement of keep) await opened.execute(statement)
        try {
          expect(await manager.deleteExpired()).to.equal(count - kept)
          expect(await manager.deleteExpired()).to.equal(0)
          expect(await stored()).to.equal(kept + 1)
          expect(errors).to.have.length(kept)
        } finally {
          for (const statement of letGo) await opened.execute(statement)
        }
        expect(await manager.deleteExpired()).to.equal(kept)
        expect(await stored()).to.equal(1)
        expect(errors).to.have.length(kept)
      })
    }
  }
}
