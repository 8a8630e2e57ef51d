import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { type MatrixRow, reachable } from '../../support/matrix.js'
import type { Errand } from './agent.js'

const agent = fileURLToPath(new URL('agent.js', import.meta.url))
const preload = fileURLToPath(new URL('../../support/typeorm-0.3.js', import.meta.url))
const processes = 4

async function start(errand: Errand): Promise<ChildProcess> {
  const isOld = errand.orm === 'typeorm' && process.env.TEST_TYPEORM === '0.3'
  const child = fork(agent, [JSON.stringify(errand)], { execArgv: isOld ? ['--import', preload] : [] })
  await once(child, 'message')
  return child
}

/** What became of the logins of all processes. */
async function logins(errand: Errand): Promise<string[]> {
  const children = await Promise.all(Array.from({ length: processes }, () => start(errand)))
  const answers = children.map((child) => once(child, 'message'))
  for (const child of children) child.send('go')
  return (await Promise.all(answers)).flatMap(([outcomes]) => outcomes as string[])
}

/** Lets 20 logins of one user arrive at once in 4 processes, with room for 5. */
export async function testLimit(orm: Errand['orm'], rows: readonly MatrixRow[]): Promise<void> {
  const found = await reachable(rows)
  describe('20 logins of one user in 4 processes at once', () => {
    for (const { name: row, open } of found) {
      for (const onExceed of ['revoke-oldest', 'refuse'] as const) {
        it(`leave exactly 5 sessions: ${row}, ${onExceed}`, async () => {
          const folder = await mkdtemp(join(tmpdir(), 'sessions-'))
          const place = { table: `limit_${row.replace(/\W+/g, '_').toLowerCase()}`, file: join(folder, 'sessions.db') }
          const { close, count } = await open(place)
          try {
            const outcomes = await logins({ orm, row, ...place, onExceed, max: 5, logins: 20 / processes })
            expect(outcomes.filter((outcome) => outcome === 'logged in')).to.have.length(onExceed === 'refuse' ? 5 : 20)
            expect(outcomes.filter((outcome) => outcome === 'SESSION_LIMIT')).to.have.length(
              onExceed === 'refuse' ? 15 : 0,
            )
            expect(await count('active')).to.equal(5)
          } finally {
            await close()
            await rm(folder, { recursive: true })
          }
        })
      }
    }
  })
}
