import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Report, summaryOf } from './report.js'
import { openRival, rivalRows } from './rival.js'
import { underLoad } from './run.js'
import { typeorm } from './typeorm.js'

const load = { sessions: 20, parallel: 50, requests: 1000 }

/** koa-session with a plain store under the same load, on SQLite. */
async function stressRival(): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'stress-'))
  const place = { table: 'koa_sessions', file: join(folder, 'stress.db') }
  const source = await openRival(place.file, place.table)
  try {
    const job = { library: 'koa-session', orm: 'typeorm', database: typeorm[0]?.name ?? '', ...place } as const
    const options = { rowId: (id: string) => id, grace: 0 }
    return await underLoad(job, load, () => rivalRows(source, place.table), options)
  } finally {
    await source.destroy()
    await rm(folder, { recursive: true })
  }
}

describe('the stress test can fail', () => {
  it('finds losses and revived sessions where each request writes the whole session back', async () => {
    const report = await stressRival()
    const text = JSON.stringify(summaryOf(report))
    const has = (beginning: string): boolean => report.violations.some(({ what }) => what.startsWith(beginning))
    expect(report.counts.stored, text).to.be.greaterThan(100)
    expect(report.counts.lost, text).to.be.greaterThan(0)
    expect(report.counts.revived, text).to.be.greaterThan(0)
    // A key that was stored, and the row of a session that was ended.
    expect(['the key of', 'the row'].filter(has), text).to.have.length(2)
  }).timeout(120_000)
})
