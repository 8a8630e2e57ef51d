// npm run bench: measures what the command line names, and writes RESULTS.md and the charts. See --help.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { kinds } from './competitors.mjs'
import { prepareDatabases } from './databases.mjs'
import { micro, readPlan } from './plan.mjs'
import { describeLoad, describeMachine } from './report/machine.mjs'
import { readResults, storeResult, writeReport } from './report/results.mjs'

const { quick, chosen, competitors, options, requestOptions } = readPlan()
if (chosen.length > 0) installPeers()
// A mere report must not touch the tables: another run may be under way.
const versions = chosen.length > 0 ? await prepareDatabases() : {}
const usable = competitors.filter(({ database }) => !database || versions[database])
if (quick) {
  const { measureQuickly } = await import('./quick.mjs')
  process.exitCode = (await measureQuickly(usable, readResults(), console.log)) ? 0 : 1
} else {
  await measureAll()
  await writeReport(readResults())
  console.log('bench/RESULTS.md is written.')
}

async function measureAll() {
  const { measureRequests } = await import('./http/rounds.mjs')
  const { measureMemory } = await import('./http/memory.mjs')
  const { profileRequests } = await import('./http/profile.mjs')
  const { runMicro } = await import('./processes.mjs')
  const asked = chosen.filter((name) => name in kinds)
  if (asked.length > 0) {
    const able = usable.filter((competitor) => asked.some((kind) => competitor.kinds.includes(kind)))
    const measured = await withLoad(() => measureRequests(able, asked, requestOptions, console.log))
    for (const kind of asked) store(kind, { ...measured, result: measured.result[kind] }, requestOptions)
  }
  for (const [name, run] of Object.entries({ databaseCpu: runDatabaseCpu, processes: runProcesses })) {
    if (!chosen.includes(name)) continue
    if (!versions.postgres) continue
    const measured = await withLoad(run)
    if (measured.result) store(name, measured, requestOptions)
  }
  for (const name of chosen.filter((name) => name in micro)) {
    console.log(`${name}: ${micro[name]}`)
    store(name, await withLoad(() => runMicro(name, options)))
  }
  if (chosen.includes('profile')) {
    const profileOptions = { ...requestOptions, seconds: 3 * requestOptions.seconds }
    const mine = usable.filter(({ ours }) => ours)
    store(
      'profile',
      await withLoad(() => profileRequests(mine, ['read', 'write', 'none'], profileOptions, console.log)),
    )
  }
  if (chosen.includes('memory')) {
    const able = usable.filter(({ ours, name }) => ours || name === 'pg')
    store('memory', await withLoad(() => measureMemory(able, options, console.log)))
  }
}

async function runDatabaseCpu() {
  const { measureDatabaseCpu, measured } = await import('./http/database-cpu.mjs')
  return measureDatabaseCpu(usableOf(measured), requestOptions, console.log)
}

async function runProcesses() {
  const { measureProcesses, measured } = await import('./cluster/processes.mjs')
  return measureProcesses(usableOf(measured), requestOptions, console.log)
}

function usableOf(names) {
  return usable.filter(({ name }) => names.includes(name))
}

/** The result, and what else the machine did: only what ran before and after can be seen. */
async function withLoad(measure) {
  const before = describeLoad()
  const result = await measure()
  return { result, load: `${before} before, ${describeLoad()} after`, at: new Date().toISOString() }
}

function store(name, { result, load, at }, used = options) {
  storeResult(name, { result, load, options: used, versions, machine: describeMachine(), at })
}

/** What only the benchmarks need has a package.json of its own. */
function installPeers() {
  if (existsSync(new URL('node_modules/express-session', import.meta.url))) return
  console.log('Installing what is compared with: npm ci in bench/')
  const { status } = spawnSync('npm', ['ci'], { cwd: import.meta.dirname, stdio: 'inherit', shell: true })
  if (status !== 0) process.exit(status ?? 1)
}
