import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { type MatrixRow, reachable } from '../../support/matrix.js'
import { type Errand, expected } from './errand.js'

const run = promisify(execFile)
const agent = fileURLToPath(new URL('agent.js', import.meta.url))
const preload = fileURLToPath(new URL('../../support/typeorm-0.3.js', import.meta.url))

/** What the process of the errand answers, in the time zone. */
async function send(errand: Errand, zone: string): Promise<unknown> {
  const isOld = errand.orm === 'typeorm' && process.env.TEST_TYPEORM === '0.3'
  const args = [...(isOld ? ['--import', preload] : []), agent, JSON.stringify(errand)]
  const { stdout } = await run(process.execPath, args, { env: { ...process.env, TZ: zone } })
  return JSON.parse(stdout)
}

/** Lets two processes in different time zones, with connections in others again, agree on what is expired. */
export async function testTime(orm: Errand['orm'], rows: readonly MatrixRow[]): Promise<void> {
  const found = await reachable(rows)
  describe('two processes in New York and Kolkata', () => {
    for (const { name: row } of found) {
      it(`agree to the second on what is expired: ${row}`, async () => {
        const folder = await mkdtemp(join(tmpdir(), 'sessions-'))
        const table = `time_${row.replace(/\W+/g, '_').toLowerCase()}`
        const errand = { orm, row, table, file: join(folder, 'sessions.db') }
        try {
          const stored = await send({ ...errand, task: 'store', timezone: '+09:00' }, 'America/New_York')
          const asked = await send({ ...errand, task: 'ask', timezone: '-03:30' }, 'Asia/Kolkata')
          expect(stored).to.deep.equal({ zone: 'America/New_York', answers: expected })
          expect(asked).to.deep.equal({ zone: 'Asia/Calcutta', answers: expected })
        } finally {
          await rm(folder, { recursive: true })
        }
      })
    }
  })
}
