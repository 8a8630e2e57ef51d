// The load generator, in a process of its own. Its parent tells it what to do, one thing at a time.
import { performance } from 'node:perf_hooks'
import { percentile } from '../statistics.mjs'
import { Client } from './client.mjs'

/** The connections to each server, by the name of the set. */
const sets = new Map()

const commands = {
  async connect({ set, port, connections, sessions }) {
    const clients = Array.from({ length: connections }, (_, number) => new Client(port, number))
    sets.set(set, clients)
    await Promise.all(clients.map((client) => client.login(sessions)))
  },

  /** Requests for some seconds; what the warm-up does counts only for `total`. */
  async measure({ set, kind, seconds, warmUp = 0 }) {
    const begin = performance.now() + warmUp * 1000
    const end = begin + seconds * 1000
    const latencies = []
    let total = 0
    const run = async (client) => {
      for (let sent = performance.now(); sent < end; ) {
        await client.request(kind)
        const answered = performance.now()
        if (sent >= begin && answered <= end) latencies.push(answered - sent)
        sent = answered
        total++
      }
    }
    await Promise.all(sets.get(set).map(run))
    const [p50, p99] = [percentile(latencies, 0.5), percentile(latencies, 0.99)]
    return { perSecond: latencies.length / seconds, p50, p99, total }
  },

  /** A number of requests, every other one a write. */
  async requests({ set, count }) {
    let left = count
    const run = async (client) => {
      while (left-- > 0) await client.request(left % 2 === 0 ? 'read' : 'write')
    }
    await Promise.all(sets.get(set).map(run))
  },

  async verify({ set }) {
    await Promise.all(sets.get(set).map((client) => client.verify()))
  },

  /** What this process has used of the processors. */
  cpu: () => process.cpuUsage(),

  close({ set }) {
    for (const client of sets.get(set) ?? []) client.close()
    sets.delete(set)
  },
}

process.on('message', async ({ command, ...options }) => {
  try {
    process.send({ done: (await commands[command](options)) ?? {} })
  } catch (error) {
    process.send({ failed: error.message })
  }
})
process.on('disconnect', () => process.exit())
