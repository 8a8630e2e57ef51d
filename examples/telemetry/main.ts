// Serves the app, sends it a visit, a login and a logout, and prints the spans and the metrics of its sessions.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { DataSource } from 'typeorm'
import { createApp } from './app.js'
import { Collector, followContext } from './collector.js'
import { printMetrics, printSpans } from './print.js'
import { measureSessions } from './session-metrics.js'
import { traceSessions } from './session-spans.js'
import { WebSession } from './web-session.js'

const collector = new Collector()
const stops = [followContext(), traceSessions(collector.tracer), measureSessions(collector.meter)]

const dataSource = new DataSource({ type: 'better-sqlite3', database: ':memory:', synchronize: true })
const { app, manager } = createApp(registerSessionModel(dataSource, WebSession), collector.tracer)
await dataSource.initialize()
const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')

let cookie = ''
for (const path of ['/visit', '/visit', '/login', '/logout', '/clean-up']) {
  const { port } = server.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers: { cookie } })
  cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie
}

printSpans(collector.spans)
printMetrics(await collector.metrics())

server.close()
server.closeAllConnections()
for (const stop of stops) stop()
manager.close()
await dataSource.destroy()
await collector.close()
