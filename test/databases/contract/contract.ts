import { sessionBackend } from 'koa-session-model'
import { testBackend } from 'koa-session-model/testing'
import { after, before, describe, it } from 'mocha'
import { allowLargePackets } from '../../support/databases.js'
import { type MatrixRow, reachable } from '../../support/matrix.js'

/** Runs the conformance kit on each row whose database can be reached. */
export async function testRows(rows: readonly MatrixRow[]): Promise<void> {
  for (const [row, lastSeen] of (await reachable(rows)).flatMap(
    (row) =>
      [
        [row, false],
        [row, true],
      ] as const,
  )) {
    const { server, open } = row
    const name = lastSeen ? `${row.name}, with lastSeenAt` : row.name
    testBackend({ describe, it, before, after }, name, async () => {
      if (server === 'mariadb') await allowLargePackets()
      const { model, close } = await open({ table: `contract_${name.replace(/\W+/g, '_').toLowerCase()}`, lastSeen })
      return { backend: model[sessionBackend](), close }
    })
  }
}
