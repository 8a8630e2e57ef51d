// Two processes prune one table under read load, and a table of what they did. Not a test: it takes minutes.
// node dist/test/cli/many-rows.js --rows 2000000 --expired 1000000 --only PostgreSQL --fast --equal
import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { cliRows, type Site, siteOf } from './support/site.js'

interface Outcome {
  readonly removed: number
  readonly left: number
}

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '2000000' },
    expired: { type: 'string', default: '1000000' },
    only: { type: 'string', default: '' },
    fast: { type: 'boolean', default: false },
    /** All expired rows have one value of `expires`. */
    equal: { type: 'boolean', default: false },
    readers: { type: 'string', default: '4' },
  },
})
const [rows, expired, readers] = [Number(values.rows), Number(values.expired), Number(values.readers)]

const distance = values.equal ? 0 : 1

const fills = {
  postgres: `INSERT INTO ? (id, data, expires, "createdAt", version, "userId")
    SELECT encode(sha256(n::text::bytea), 'hex'), '{"theme":"dark"}',
      CASE WHEN n <= ${expired} THEN now() - interval '1 day' + ${distance} * n * interval '1 millisecond'
        ELSE now() + interval '10 days' + n * interval '1 millisecond' END, now(), 1, n % 1000
    FROM generate_series(1, ${rows}) AS n`,
  mariadb: `INSERT INTO ? (id, data, expires, createdAt, version, userId)
    SELECT SHA2(seq, 256), '{"theme":"dark"}',
      UNIX_TIMESTAMP() * 1000 + IF(seq <= ${expired}, ${distance} * seq, 950400000 + seq) - 86400000,
      UNIX_TIMESTAMP() * 1000, 1, seq % 1000
    FROM seq_1_to_${rows}`,
} as const

for (const row of cliRows) {
  if (!row.server || !row.name.includes(values.only)) continue
  const site = await siteOf(row, 'cli_many_rows')
  try {
    await site.open.execute(fills[row.server])
    await measure(row.name, site)
  } finally {
    await site.close()
  }
}

async function measure(name: string, site: Site): Promise<void> {
  const manager = site.managerWith()
  const times: number[] = []
  const errors: unknown[] = []
  let isOver = false
  const read = async (): Promise<void> => {
    while (!isOver) {
      const begin = performance.now()
      const id = String(expired + 1 + Math.floor(Math.random() * (rows - expired)))
      await manager.get(id).then(
        (found) => found ?? errors.push(`no session ${id}`),
        (error) => errors.push(error),
      )
      times.push(performance.now() - begin)
      await sleep(5)
    }
  }
  const memory: number[][] = [[], []]
  const args = ['prune', ...(values.fast ? ['--fast'] : [])]
  const begin = performance.now()
  const loads = Array.from({ length: readers }, read)
  const pruned = memory.map((samples) =>
    site.spawnJson<Outcome>(args, { started: (child) => void watch(child, samples) }),
  )
  const outcomes = await Promise.all(pruned)
  const seconds = (performance.now() - begin) / 1000
  isOver = true
  await Promise.all(loads)
  times.sort((a, b) => a - b)
  const sum = outcomes.reduce((all, { removed }) => all + removed, 0)
  console.log(
    JSON.stringify({
      name,
      seconds: Math.round(seconds),
      removed: outcomes.map(({ removed }) => removed),
      isExact: sum === expired,
      left: await site.open.count('expired'),
      living: await site.open.count('active'),
      rate: Math.round(sum / seconds),
      reads: times.length,
      readErrors: errors.length,
      readMedian: Math.round(times[Math.floor(times.length / 2)] ?? 0),
      read99: Math.round(times[Math.floor(times.length * 0.99)] ?? 0),
      memoryMiB: memory.map(quarters),
    }),
  )
}

/** The most memory in each quarter of the time, in MiB. Flat memory has four numbers that are alike. */
function quarters(samples: readonly number[]): number[] {
  const size = Math.ceil(samples.length / 4)
  return [0, 1, 2, 3].map((n) => Math.max(0, ...samples.slice(n * size, (n + 1) * size)))
}

/** Samples the memory of a process, in MiB. */
async function watch(child: ChildProcess, memory: number[]): Promise<void> {
  while (child.exitCode === null) {
    const found = /VmRSS:\s+(\d+)/.exec(statusOf(child.pid))
    if (found) memory.push(Math.round(Number(found[1]) / 1024))
    await sleep(500)
  }
}

function statusOf(pid: number | undefined): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}
