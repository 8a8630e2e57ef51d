import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { DataSource } from 'typeorm'
import { createApp } from './app.js'

const { DEMO_DB = 'demo.db', PORT = '3000' } = process.env
const shutdownMilliseconds = 2000

const dataSource = new DataSource({ type: 'better-sqlite3', database: DEMO_DB, synchronize: true })
const { app, manager } = createApp(dataSource)
await dataSource.initialize()

const server = app.listen(Number(PORT), 'localhost')
await once(server, 'listening')
console.log(`http://localhost:${(server.address() as AddressInfo).port}`)

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    server.close()
    setTimeout(() => server.closeAllConnections(), shutdownMilliseconds).unref()
  })
}
await once(server, 'close')
manager.close()
await dataSource.destroy()
