import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'

/** Median, least and most, of each thing that was measured. */
type Figures = Record<string, { median: number; min: number; max: number }>

const short = { rounds: 1, milliseconds: 20 }
const entry = {
  options: { rounds: 1, seconds: 1, full: false },
  versions: {},
  load: 'none',
  at: '2024-05-17T09:30:00.000Z',
}

/** A module of bench/, which is JavaScript, and is not compiled. */
function load(file: string) {
  return import(new URL(`../../../bench/${file}`, import.meta.url).href)
}

function expectTimes(figures: Figures): void {
  expect(Object.keys(figures)).to.not.be.empty
  for (const [name, { median, min, max }] of Object.entries(figures))
    expect(min > 0 && min <= median && median <= max, `${name}: ${min}, ${median}, ${max}`).to.equal(true)
}

describe('the benchmarks, in short', () => {
  it('measure ids, cookies and JSON', async () => {
    const { default: cpu } = await load('micro/cpu.mjs')
    expectTimes(await cpu(short))
  })

  it('measure loads from SQLite', async () => {
    const { default: sqlite } = await load('micro/sqlite.mjs')
    expectTimes(await sqlite(short))
  })

  it('measure large sessions that are not touched', async () => {
    const { measure } = await load('micro/large.mjs')
    const { inMemory } = await load('micro/table.mjs')
    expectTimes(await measure(inMemory(), short))
  })

  it('find that koa-session on a Map answers rightly, in a process of its own', async () => {
    const { check } = await load('http/check.mjs')
    const { competitors } = await load('competitors.mjs')
    await check(competitors.find(({ name }: { name: string }) => name === 'map'))
  })

  it('say so where a figure is not reached', async () => {
    const { markdownOf } = await load('report/markdown.mjs')
    const round = (perSecond: number) => [{ perSecond, p50: 1, p99: 2, cpuPerRequest: 100 }]
    const none = { bare: round(1000), 'ours-typeorm': round(980), 'ours-sequelize': round(900) }
    const text: string = markdownOf({ none: { ...entry, result: none } })
    expect(text).to.include('Reached: 1 of the 2 that were measured.')
    expect(text).to.match(/TypeORM.*\| ≥ 0.98 × \| 0.98 × .*\| yes \|/)
    expect(text).to.match(/Sequelize.*\| ≥ 0.98 × \| 0.90 × .*\| no \|/)
  })

  it('take what Koa uses from the CPU of a request, round by round of the same run', async () => {
    const { markdownOf } = await load('report/markdown.mjs')
    const rounds = (...values: number[]) =>
      values.map((cpuPerRequest) => ({ perSecond: 1, p50: 1, p99: 2, cpuPerRequest }))
    const none = { ...entry, result: { bare: rounds(20, 30, 40) } }
    const write = { ...entry, result: { 'ours-typeorm': rounds(50, 70, 70), 'ours-sequelize': rounds(60, 80, 70) } }
    const text: string = markdownOf({ none, write })
    expect(text).to.match(/CPU of a write.*Koa without sessions, TypeORM.*\| ≤ 32 µs \| 30.00 µs \| yes \|/)
    expect(text).to.match(/CPU of a write.*Koa without sessions, Sequelize.*\| ≤ 32 µs \| 40.00 µs \| no \|/)
    expect(text).to.match(/the ORM that takes more.*\| ≤ 1.1 × \| 1.33 × \| no \|/)
    const later = { ...write, at: '2024-05-17T09:31:00.000Z' }
    expect(markdownOf({ none, write: later })).to.match(/CPU of a write.*TypeORM.*\| not measured \|/)
  })

  it("compare the CPU of PostgreSQL with that of others' statements", async () => {
    const { markdownOf } = await load('report/markdown.mjs')
    const of = (databaseCpu: number) => [{ perSecond: 1, databaseCpu }]
    const read = { pg: of(40), 'ours-typeorm': of(10) }
    const write = { pg: of(200), 'ours-typeorm': of(100) }
    const text: string = markdownOf({ databaseCpu: { ...entry, result: { read, write } } })
    expect(text).to.match(/CPU of PostgreSQL for a write, TypeORM.*\| ≤ 0.6 × \| 0.50 × \| yes \|/)
    expect(text).to.match(/koa-session-model, TypeORM, PostgreSQL \| 10.0 .* \| 100.0 .* \| 90.0 /)
  })

  it('show processes behind a proxy, with what each part uses', async () => {
    const { markdownOf } = await load('report/markdown.mjs')
    const round = { perSecond: 900, p50: 1, p99: 2.5, rowsPerFind: 12.3, servers: 0.5, proxy: 0.1, load: 0.2 }
    const byName = { 'ours-typeorm': { read: { 'four processes': [round] } } }
    const text: string = markdownOf({ processes: { ...entry, result: { processors: 2, byName } } })
    expect(text).to.include('| read, four processes | 900 (900–900) | 1.0 | 2.5 | 12.3 | 50 % | 10 % |  | 20 % |')
  })

  it('measure in turns, and check all answers', async () => {
    const { withContestants } = await load('http/contestants.mjs')
    const { measureInTurns, withOwnLoad } = await load('http/rounds.mjs')
    const { competitors } = await load('competitors.mjs')
    const map = competitors.filter(({ name }: { name: string }) => name === 'map')
    const options = { rounds: 2, seconds: 0.05, settle: 0, warmUp: 0 }
    const keep = (moment: unknown) => moment
    const { mixed } = await withOwnLoad((requests: unknown) =>
      withContestants(map, ['mixed'], requests, (all: unknown) =>
        measureInTurns(all, ['mixed'], options, keep, () => {}),
      ),
    )
    expect(mixed.map).to.have.length(2)
    for (const { total, used } of mixed.map) expect(total > 0 && used.cpu > 0).to.equal(true)
  })

  it('write to each of ten sessions once in a hundred mixed requests', async () => {
    const { Client } = await load('load/client.mjs')
    const sent: string[] = []
    const server = createServer((request, response) => {
      sent.push(`${request.method} ${request.headers.cookie}`)
      const isLogin = request.url === '/login'
      response.statusCode = isLogin ? 204 : 200
      if (isLogin) response.setHeader('Set-Cookie', `id=${sent.length}`)
      response.end(isLogin ? undefined : request.method === 'POST' ? '1' : 'Ada Lovelace')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = new Client((server.address() as AddressInfo).port)
    await client.login(10)
    for (let i = 0; i < 100; i++) await client.request('mixed')
    client.close()
    server.close()
    const writes = sent.slice(10).filter((text) => text.startsWith('POST'))
    expect(new Set(writes)).to.have.length(10)
    expect(writes).to.have.length(10)
  })

  it('show the lock waits of the clean-up, apart from slow writes', async () => {
    const { markdownOf } = await load('report/markdown.mjs')
    const figures = { seconds: 5, p99: 4, slowestWrite: 250, before: 2 ** 20, most: 2 ** 20 }
    const of = (longest: number) => {
      const measured = { ...figures, lockWait: { longest, gap: 9 } }
      return { rows: 200, without: measured, during: measured }
    }
    const result = { PostgreSQL: of(61.5), MariaDB: of(0) }
    const text: string = markdownOf({ cleanup: { ...entry, result } })
    expect(text).to.match(/Longest wait for a lock.*PostgreSQL \| ≤ 50 ms \| 61.50 ms \| no \|/)
    expect(text).to.match(/Longest wait for a lock.*MariaDB \| ≤ 50 ms \| 0.00 ms \| yes \|/)
    expect(text).to.include('| PostgreSQL, during | 5.0 | 4.0 | 250.0 | 61.5 (9.0) |')
  })

  it('take results that were measured without the lock waits', async () => {
    const { markdownOf } = await load('report/markdown.mjs')
    const figures = { seconds: 5, p99: 4, slowestWrite: 250, before: 2 ** 20, most: 2 ** 20 }
    const both = { rows: 200, without: figures, during: figures }
    const text: string = markdownOf({ cleanup: { ...entry, result: { PostgreSQL: both, MariaDB: both } } })
    expect(text).to.include('Reached: 2 of the 2 that were measured.')
  })

  it('draw the fastest first', async () => {
    const { chartOf } = await load('report/chart.mjs')
    const { competitors } = await load('competitors.mjs')
    const byName = { map: [{ perSecond: 10 }], pg: [{ perSecond: 20 }] }
    const svg: string = chartOf('read', byName, competitors, 'dark')
    expect(svg.indexOf('prepared pg')).to.be.lessThan(svg.lastIndexOf('Map in the process'))
  })
})
