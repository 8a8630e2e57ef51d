import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { SpanStatusCode } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { expect } from 'chai'
import { SessionManager, SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { DataSource } from 'typeorm'
import { createApp } from '../../examples/telemetry/app.js'
import { Collector, followContext } from '../../examples/telemetry/collector.js'
import { measureSessions } from '../../examples/telemetry/session-metrics.js'
import { traceSessions } from '../../examples/telemetry/session-spans.js'
import { WebSession } from '../../examples/telemetry/web-session.js'
import { Client } from '../koa/support/client.js'
import { serve } from '../koa/support/serve.js'

const stops: (() => unknown)[] = []

/** The app of the example with its collector, on a database in memory. */
async function start() {
  const collector = new Collector()
  stops.push(followContext(), traceSessions(collector.tracer), measureSessions(collector.meter))
  const dataSource = new DataSource({ type: 'better-sqlite3', database: ':memory:', synchronize: true })
  // A model belongs to one data source, and each test has its own.
  @SessionModel({ tableName: 'web_sessions' })
  class Sessions extends WebSession {}
  const { app, manager } = createApp(registerSessionModel(dataSource, Sessions), collector.tracer)
  await dataSource.initialize()
  stops.push(
    () => manager.close(),
    () => dataSource.isInitialized && dataSource.destroy(),
    () => collector.close(),
  )
  app.silent = true
  return { collector, manager, dataSource, client: new Client(await serve(app), 'sid') }
}

/** The spans of each request: its name, and those of the spans below it. */
function tree(spans: readonly ReadableSpan[]): [string, ...string[]][] {
  return spans
    .filter(({ parentSpanContext }) => parentSpanContext === undefined)
    .map((root) => {
      const isBelow = (span: ReadableSpan) => span.parentSpanContext?.spanId === root.spanContext().spanId
      return [root.name, ...spans.filter(isBelow).map(({ name }) => name)]
    })
}

/** The values of a metric, by one attribute. A histogram has the number of its values. */
async function values(collector: Collector, name: string, attribute: string): Promise<Record<string, number>> {
  const metric = (await collector.metrics()).find(({ descriptor }) => descriptor.name === name)
  const points = (metric?.dataPoints ?? []).map(({ attributes, value }) => {
    return [String(attributes[attribute]), typeof value === 'object' ? value.count : value]
  })
  return Object.fromEntries(points) as Record<string, number>
}

describe('examples/telemetry', function () {
  this.timeout(30_000)

  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop()
  })

  it('has spans of load, commit and clean-up below the span of the request', async () => {
    const { collector, client } = await start()
    for (const path of ['/', '/visit', '/', '/login', '/logout', '/clean-up']) await client.status(path)
    expect(tree(collector.spans)).to.deep.equal([
      ['GET /'],
      ['GET /visit', 'session commit'],
      ['GET /', 'session load'],
      ['GET /login', 'session load', 'session commit'],
      ['GET /logout', 'session load', 'session commit'],
      ['GET /clean-up', 'session cleanup'],
    ])
    const outcomes = collector.spans.flatMap(({ attributes }) => attributes['session.outcome'] ?? [])
    expect(outcomes).to.deep.equal(['written', 'written', 'destroyed'])
    const [visit, load] = collector.spans.filter(({ attributes }) => 'session.name' in attributes)
    expect(load?.attributes).to.include({ 'session.manager': 'sid', 'session.found': true })
    expect(load?.attributes['session.name']).to.equal(visit?.attributes['session.name'])
  })

  it('keeps the spans of parallel requests apart', async () => {
    const { collector, client } = await start()
    await client.status('/visit')
    await Promise.all(Array.from({ length: 10 }, () => client.status('/')))
    expect(tree(collector.spans).slice(1)).to.deep.equal(Array(10).fill(['GET /', 'session load']))
  })

  it('marks the spans of a failure', async () => {
    const { collector, client, dataSource } = await start()
    await client.status('/visit')
    await dataSource.destroy()
    expect(await client.status('/')).to.equal(503)
    const load = collector.spans.find(({ name }) => name === 'session load')
    expect(load?.status.code).to.equal(SpanStatusCode.ERROR)
    expect(load?.events[0]?.attributes?.['exception.message']).to.be.a('string')
    expect(await values(collector, 'session.load.duration', 'failed')).to.deep.equal({ true: 1 })
  })

  it('counts sessions by what happened to them, and times loads', async () => {
    const { collector, client, manager } = await start()
    for (let n = 0; n < 3; n++) {
      for (const path of ['/visit', '/login', '/logout']) await client.status(path)
    }
    for (let n = 0; n < 2; n++) {
      client.cookie = undefined
      await client.status('/login')
    }
    expect(await manager.revoke({ userId: 42 })).to.equal(2)
    await client.status('/')
    const expired = await manager.create()
    await manager.store.load(expired.id).then((stored) => stored?.touch({ maxAge: 1 }))
    while ((await manager.deleteExpired()) === 0) await new Promise(setImmediate)
    expect(await values(collector, 'session.created', 'session.manager')).to.deep.equal({ sid: 6 })
    expect(await values(collector, 'session.ended', 'reason')).to.deep.equal({ logout: 3, revoked: 2, expired: 1 })
    expect(await values(collector, 'session.rejected', 'reason')).to.deep.equal({ unknown: 1 })
    expect(await values(collector, 'session.load.duration', 'failed')).to.deep.equal({ false: 8 })
  })

  it('counts conflicts between processes', async () => {
    const { collector, client, manager } = await start()
    await client.status('/visit')
    const other = new SessionManager({ backend: manager.options.backend, cleanup: false })
    const request = { headers: { cookie: `sid=${client.id}` } }
    const [mine, theirs] = [await manager.fromRequest(request), await other.fromRequest(request)]
    if (!mine || !theirs) throw new Error('There is no session.')
    theirs.other = 1
    await theirs.save()
    mine.views = 2
    await mine.save()
    expect(await values(collector, 'session.conflicts', 'session.manager')).to.deep.equal({ sid: 1 })
  })

  it('prints spans and metrics', async () => {
    const main = fileURLToPath(new URL('../../examples/telemetry/main.js', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [main])
    expect(stdout).to.match(/^POST \/login .*\n {2}session load .*\n {2}session commit /m)
    expect(stdout).to.contain('session.ended {"session.manager":"sid","reason":"logout"} 1')
  })
})
