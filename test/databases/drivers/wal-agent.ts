import { SessionManager } from 'koa-session-model'
import { openSession } from '../../support/open-session.js'
import { wal } from '../../support/typeorm-drivers.js'
import { rowOf } from '../../support/typeorm-rows.js'

/** What a process is told to do with a session, one after the other. */
export type Task = 'count' | 'open' | 'commit' | 'close'

// A process of its own on the file. It answers each task with what became of it.
const [table = '', file = '', id = ''] = process.argv.slice(2)
const open = await rowOf(wal).open({ table, file, create: false })
const manager = new SessionManager({ model: open.model, cleanup: false })
const opened = await openSession(manager, id)

const tasks: Readonly<Record<Task, () => Promise<unknown>>> = {
  count: async () => {
    for (let time = 0; time < 25; time++) {
      const session = await openSession(manager, id)
      await session.update(() => session.properties.set('count', Number(session.properties.get('count') ?? 0) + 1))
    }
    return 'counted'
  },
  open: async () => {
    await opened.load()
    opened.properties.set('label', 'late')
    return opened.isNew
  },
  commit: async () => {
    await opened.commit()
    return 'committed'
  },
  close: async () => {
    manager.close()
    await open.close()
    process.disconnect()
  },
}

process.on('message', async (task: Task) => {
  const outcome = await tasks[task]().catch((error: { code?: string }) => error.code ?? String(error))
  if (process.connected) process.send?.(outcome)
})
process.send?.('ready')
