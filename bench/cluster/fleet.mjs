import { Contestant } from '../http/contestants.mjs'
import { startServer } from '../processes.mjs'
import { startProxy } from './haproxy.mjs'

/** Starts a process for each size of a pool behind one proxy; `name` is that of the contestant. */
export async function startFleet(competitor, name, poolSizes, load, meters) {
  const servers = []
  const stop = async (proxy) => {
    await proxy?.stop()
    for (const server of servers) await server.stop()
  }
  try {
    for (const size of poolSizes)
      servers.push(await startServer(competitor.name, { BENCH_POOL_SIZE: String(size), BENCH_COUNT: 'yes' }))
    const proxy = await startProxy(servers.map(({ port }) => port))
    return new Contestant({
      name,
      kinds: ['read', 'write', 'mixed'],
      server: { port: proxy.port, stop: () => stop(proxy) },
      load,
      meters: { ...metersOf(servers), proxy: proxy.cpu, ...meters },
    })
  } catch (error) {
    await stop()
    throw error
  }
}

function metersOf(servers) {
  const sum = async (ask) => (await Promise.all(servers.map(ask))).reduce((all, one) => all + one, 0)
  return {
    servers: () => sum((server) => server.cpu()),
    finds: () => sum(async (server) => (await server.ask('statements')).finds),
    writes: () => sum(async (server) => (await server.ask('statements')).writes),
  }
}
