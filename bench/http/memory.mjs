import { startLoad, startServer } from '../processes.mjs'
import { check } from './check.mjs'
import { connections } from './contestants.mjs'

/** What the process needs after some requests, and after ten times as many; every other request is a write. */
export async function measureMemory(competitors, { full }, log) {
  const first = full ? 100_000 : 10_000
  const result = { first, second: first * 10, byName: {} }
  const load = startLoad()
  try {
    for (const competitor of competitors) {
      await check(competitor)
      const server = await startServer(competitor.name)
      await load.do('connect', { port: server.port, connections, sessions: 10 })
      await load.do('requests', { count: first })
      const before = await server.ask('memory')
      await load.do('requests', { count: first * 9 })
      const after = await server.ask('memory')
      await load.do('verify')
      await load.do('close')
      await server.stop()
      result.byName[competitor.name] = { before, after }
      log(`memory, ${competitor.name}: heap ${before.heapUsed} then ${after.heapUsed} bytes`)
    }
  } finally {
    await load.stop()
  }
  return result
}
