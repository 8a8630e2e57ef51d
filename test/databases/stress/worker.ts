import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type App, createApp } from './app.js'
import { databasesOf } from './databases.js'
import type { Job, Message } from './job.js'
import { createRival } from './rival.js'

// One of several processes: serves the app until it is told to stop, or whoever started it is gone.
const job: Job = JSON.parse(process.argv[2] ?? '')
const { koa, counts, close } = job.library === 'ours' ? await createOurs() : await createRival(job.file, job.table)
const errors: Record<string, number> = {}
koa.on('error', (error: { readonly status?: number }) => {
  if (error.status === 401) return
  const reason = reasonOf(error)
  errors[reason] = (errors[reason] ?? 0) + 1
})

const server = createServer(koa.callback()).listen(0, '127.0.0.1')
// A connection that the client believes to be open is never closed under its feet.
server.keepAliveTimeout = 120_000
await once(server, 'listening')
tell({ port: (server.address() as AddressInfo).port })
process.once('disconnect', () => process.exit())
await once(process, 'message')
server.closeAllConnections()
server.close()
await close()
tell({ ...counts, errors })
process.disconnect()

async function createOurs(): Promise<App & { close(): Promise<void> }> {
  const found = (await databasesOf(job.orm)).find(({ name }) => name === job.database)
  if (!found) throw new Error(`no database ${job.database}`)
  const { model, close } = await found.open({ ...job, create: false })
  return { ...createApp(model, job.timeout), close }
}

function tell(message: Message): void {
  process.send?.(message)
}

/** The innermost cause, since that is what the database said. */
function reasonOf(error: unknown): string {
  const { cause, message, code } = error as { cause?: unknown; message?: string; code?: string }
  return cause ? `${code}: ${reasonOf(cause)}` : String(message ?? error)
}
