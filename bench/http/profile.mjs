import { startLoad, startServer } from '../processes.mjs'
import { connections } from './contestants.mjs'

/** Where the time of a process goes, for each competitor and kind of request. */
export async function profileRequests(competitors, kinds, { seconds, warmUp }, log) {
  const result = {}
  const load = startLoad()
  try {
    for (const { name, kinds: able } of competitors) {
      const server = await startServer(name)
      await load.do('connect', { port: server.port, connections, sessions: able.includes('write') ? 10 : 0 })
      for (const kind of kinds.filter((kind) => able.includes(kind))) {
        await load.do('measure', { kind, seconds: warmUp, warmUp: 0 })
        await server.ask('startProfile')
        await load.do('measure', { kind, seconds, warmUp: 0 })
        result[name] ??= {}
        result[name][kind] = await server.ask('stopProfile')
        log(`profile, ${kind}, ${name}`)
      }
      await load.do('close')
      await server.stop()
    }
  } finally {
    await load.stop()
  }
  return result
}
