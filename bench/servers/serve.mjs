// One competitor in a process of its own: node serve.mjs <name>. Its parent asks it for its figures.
import { startProfile, stopProfile } from './profile.mjs'
import { countedStatements, countStatements } from './statements.mjs'

if (process.env.BENCH_COUNT) countStatements()
const { default: makeServer } = await import(`./${process.argv[2]}.mjs`)
const app = await makeServer()
const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))

// Connections wait while others are measured.
server.keepAliveTimeout = server.headersTimeout = server.requestTimeout = 0

const answers = {
  cpu: () => process.cpuUsage(),
  memory() {
    for (let i = 0; i < 3; i++) globalThis.gc?.()
    const { heapUsed, rss } = process.memoryUsage()
    return { heapUsed, rss }
  },
  statements: countedStatements,
  startProfile,
  stopProfile,
}

process.on('message', async (question) => process.send({ answer: await answers[question]() }))
process.on('disconnect', () => process.exit())
