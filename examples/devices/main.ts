import 'reflect-metadata'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createApp } from './app.js'
import { createDataSource } from './database.js'

const { DATABASE_URL, DEVICES_DB = 'devices.db', PORT = '3000' } = process.env
const shutdownMilliseconds = 2000

const dataSource = createDataSource(DATABASE_URL, DEVICES_DB)
const { app, close } = createApp(dataSource)
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
close()
await dataSource.destroy()
