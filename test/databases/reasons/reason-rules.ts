import { testClosed, testServer } from './connection-rules.js'
import { testFiles } from './file-rules.js'
import type { ReasonDatabase } from './support/databases.js'
import { onEachDatabase } from './support/stage.js'
import { testTables } from './table-rules.js'
import { testValues } from './value-rules.js'

/** Declares what the log tells of each failure, on each database. */
export function testReasons(databases: readonly ReasonDatabase[]): Promise<void> {
  return onEachDatabase(databases, [
    testTables,
    testValues,
    testClosed,
    (stage) => (stage.isSqlite ? testFiles(stage) : testServer(stage)),
  ])
}
