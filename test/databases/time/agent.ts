import { SessionManager } from 'koa-session-model'
import { hashId } from '../../../src/core/codec/id.js'
import type { MatrixRow } from '../../support/matrix.js'
import { type Answer, answers, type Errand, moments } from './errand.js'

// A process of its own, with a time zone of its own: stores sessions, or tells which of them are expired.
const errand: Errand = JSON.parse(process.argv[2] ?? '')
const rows: readonly MatrixRow[] =
  errand.orm === 'typeorm'
    ? (await import('../../support/typeorm-rows.js')).typeormRows
    : (await import('../../support/sequelize-rows.js')).sequelizeRows
const row =
  rows.find(({ name }) => name === errand.row) ??
  (await import('../../support/typeorm-drivers.js')).driverRow(errand.row)
if (!row) throw new Error(`no row ${errand.row}`)

let time = 0
const { table, file, timezone } = errand
const open = await row.open({ table, file, timezone, now: () => time, create: errand.task === 'store' })
const manager = new SessionManager({ model: open.model, maxAge: '1h', rolling: false, cleanup: false })

async function store(): Promise<void> {
  for (const moment of moments) {
    time = Date.parse(moment) - 3_600_000
    await manager.set(moment, {})
  }
}

async function ask(): Promise<Answer[]> {
  const found: Answer[] = []
  for (const { moment, seconds } of answers) {
    time = Date.parse(moment) + seconds * 1000
    const stored = await open.row(hashId(moment))
    found.push({
      moment,
      seconds,
      onRow: stored?.expired,
      onSession: (await manager.get(moment)) === undefined,
      onClass: await open.count('expired'),
      active: await open.count('active'),
    })
  }
  return found
}

if (errand.task === 'store') await store()
process.stdout.write(JSON.stringify({ zone: Intl.DateTimeFormat().resolvedOptions().timeZone, answers: await ask() }))
await open.close()
