import { SessionError, SessionManager } from 'koa-session-model'
import type { MatrixRow } from '../../support/matrix.js'
import { openSession } from '../../support/open-session.js'

/** What a process is sent to do: log user 42 in, some times at once. */
export interface Errand {
  readonly orm: 'typeorm' | 'sequelize'
  readonly row: string
  readonly table: string
  readonly file: string
  readonly onExceed: 'revoke-oldest' | 'refuse'
  readonly max: number
  readonly logins: number
}

// A process of its own. It says when it is ready, and begins when it is told to.
const errand: Errand = JSON.parse(process.argv[2] ?? '')
const { table, file, onExceed, max, logins } = errand
const rows: readonly MatrixRow[] =
  errand.orm === 'typeorm'
    ? (await import('../../support/typeorm-rows.js')).typeormRows
    : (await import('../../support/sequelize-rows.js')).sequelizeRows
const row =
  rows.find(({ name }) => name === errand.row) ??
  (await import('../../support/typeorm-drivers.js')).driverRow(errand.row)
if (!row) throw new Error(`no row ${errand.row}`)
const open = await row.open({ table, file, create: false })
const manager = new SessionManager({ model: open.model, limit: { by: 'userId', max, onExceed }, cleanup: false })

async function login(): Promise<string> {
  const session = await openSession(manager)
  await session.regenerate()
  session.properties.set('userId', 42)
  try {
    await session.commit()
    return 'logged in'
  } catch (error) {
    return error instanceof SessionError ? error.code : String(error)
  }
}

process.once('message', async () => {
  const outcomes = await Promise.all(Array.from({ length: logins }, login))
  await open.close()
  process.send?.(outcomes)
  process.disconnect()
})
process.send?.('ready')
