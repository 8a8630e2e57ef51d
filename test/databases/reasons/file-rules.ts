import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import type { Place } from './support/databases.js'
import { siteOf } from './support/site.js'
import { expectLog, type Stage } from './support/stage.js'

/** Files of SQLite that cannot be used. */
export function testFiles({ database, isTypeOrm, open, place }: Stage): void {
  // What could not be opened is not closed: sqlite3 would wait for it.
  const expectAt = async (given: Place, expected: RegExp): Promise<void> => {
    const opened = await database.open(given)
    const site = await siteOf(opened, false)
    for (let visits = 0; visits < 3; visits++) expectLog(await site.logAfterNewcomer(), expected)
  }

  it('a file that is opened to be read', async () => {
    const at = place()
    const opened = await database.open(at)
    await opened.create()
    await opened.close()
    await expectAt(
      { ...at, isReadOnly: true },
      /The database file is read-only \(SQLITE_READONLY\)\. Let the process write/,
    )
  })

  it('a database that takes no writes', () =>
    open(async ({ site, query }) => {
      await query('PRAGMA query_only = ON')
      expectLog(await site.logAfter('write'), /The database file is read-only \(SQLITE_READONLY\)/)
    }))

  it('a disk that is full', () =>
    open(async ({ site, query }) => {
      await query('PRAGMA max_page_count = 10')
      expectLog(
        await site.logAfter('large'),
        /The database has no space left \(SQLITE_FULL\)\. Free or add disk space\./,
      )
    }))

  it('a file that another process has locked', async () => {
    const at = place()
    const [opened, other] = [await database.open(at), await database.open(at)]
    await opened.create()
    const site = await siteOf(opened)
    await opened.query('PRAGMA busy_timeout = 5')
    await other.query('BEGIN EXCLUSIVE')
    try {
      expectLog(
        await site.logAfter('write'),
        /Another transaction held the row, the table or the file for too long \(SQLITE_BUSY\)\. Nothing was stored.* Look for a transaction/,
      )
    } finally {
      await other.query('ROLLBACK')
      for (const { close } of [opened, other]) await close()
    }
  })

  // TypeORM opens the file when the data source is initialized.
  if (isTypeOrm) return

  it('a file that is none', async () => {
    const { file = '' } = place()
    mkdirSync(file)
    await expectAt({ file }, /The database file cannot be opened \(SQLITE_CANTOPEN\)\. Correct its path/)
    rmSync(file, { recursive: true })
    writeFileSync(file, 'This is no database.'.repeat(100))
    await expectAt({ file }, /The data of the database is damaged, or the file is no database \(SQLITE_NOTADB\)/)
  })
}
