import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { database, postgres } from '../databases.mjs'

/** The microseconds that a process of this machine has used of the processors; `undefined` where /proc does not tell. */
export function cpuOfProcess(pid) {
  const text = readOrUndefined(`/proc/${pid}/stat`)
  if (text === undefined) return undefined
  // The name, in brackets, may hold anything. The third field follows it; the fourteenth and fifteenth are utime and stime.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * tickLength()
}

/**
 * Adds up what the backends of the benchmarks' database have used of the processors since it was opened. What a backend has
 * used just before it ended is not seen. Gives `undefined` where PostgreSQL's processes are not those of this machine.
 */
export async function openBackends() {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ ...postgres, database })
  await client.connect()
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid')
  if (readOrUndefined(`/proc/${rows[0].pid}/comm`)?.trim() !== 'postgres') {
    await client.end()
    return undefined
  }
  let [before, sum] = [await readBackends(client), 0]
  return {
    /** Microseconds. */
    async used() {
      const now = await readBackends(client)
      for (const [pid, used] of now) sum += used - (before.get(pid) ?? 0)
      before = now
      return sum
    },
    close: () => client.end(),
  }
}

async function readBackends(client) {
  const { rows } = await client.query(`SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`)
  const used = rows.map(({ pid }) => [pid, cpuOfProcess(pid)])
  return new Map(used.filter(([, microseconds]) => microseconds !== undefined))
}

let microseconds

/** How long a tick of /proc is. */
function tickLength() {
  microseconds ??= 1e6 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
  return microseconds
}

function readOrUndefined(file) {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return undefined
  }
}
