// The load generator, in a process of its own. Its parent tells it what to do, one thing at a time.
import { performance } from 'node:perf_hooks'
import { percentile } from '../statistics.mjs'
import { Client } from './client.mjs'

let clients = []

const commands = {
  async connect({ port, connections, sessions }) {
    clients = Array.from({ length: connections }, () => new Client(port))
    await Promise.all(clients.map((client) => client.login(sessions)))
  },

  /** Requests for some seconds; what the warm-up does counts only for `total`. */
  async measure({ kind, seconds, warmUp }) {
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
    await Promise.all(clients.map(run))
    const [p50, p99] = [percentile(latencies, 0.5), percentile(latencies, 0.99)]
    return { perSecond: latencies.length / seconds, p50, p99, total }
  },

  /** A number of requests, every other one a write. */
  async requests({ count }) {
    let left = count
    const run = async (client) => {
      while (left-- > 0) await client.request(left % 2 === 0 ? 'read' : 'write')
    }
    await Promise.all(clients.map(run))
  },

  async verify() {
    await Promise.all(clients.map((client) => client.verify()))
  },

  close() {
    for (const client of clients) client.close()
    clients = []
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
