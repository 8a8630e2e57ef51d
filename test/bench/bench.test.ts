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
