// Runs all tests on tsc's output, in several processes of mocha, two side by side, each with databases of its own. TypeORM
// 0.3 and 1 cannot live in one process. What stands behind `npm test --` goes to mocha: `npm test -- --reporter spec` names
// each test.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { createTestDatabases } from './test-databases.mjs'

/** How many processes run side by side. More than two would need more connections than PostgreSQL gives by default. */
const lanes = Math.min(2, availableParallelism())

const given = process.argv.slice(2)
const reporter = given.some((option) => /^(-R|--reporter)\b/.test(option)) ? [] : ['--reporter', 'scripts/reporter.mjs']
// The reporter shows warnings after the dots.
const nodeOptions = reporter.length > 0 ? ['--no-warnings'] : []

const children = new Set()
let failed = 0
let passed = 0
let isStopped = false

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    isStopped = true
    for (const child of children) child.kill(signal)
  })
}

const { environments, remove } = await createTestDatabases(lanes)
const runs = plan(environments.length)
const output = inTurns()
try {
  await Promise.all(environments.map(work))
} finally {
  await remove()
}

console.log(`\n${passed} passed, ${failed} failed${isStopped ? ', stopped before the end' : ''}`)
process.exitCode = failed === 0 && passed > 0 && !isStopped ? 0 : 1

/**
 * The runs of mocha. Every file of TypeORM 1 is in one of the parts: neighbours are dealt out, as they take alike long.
 * There are more parts than lanes, so that the lanes end at about the same time.
 */
function plan(lanes) {
  const files = readdirSync('dist/test', { recursive: true })
    .filter((file) => file.endsWith('.test.js'))
    .map((file) => `dist/test/${file}`)
    .sort()
  const parts = lanes > 1 ? 2 * lanes : 1
  const dealt = Array.from({ length: parts }, (_, part) => ({
    title: `TypeORM 1, Sequelize${parts > 1 ? `; part ${part + 1} of ${parts}` : ''}`,
    files: files.filter((_, index) => index % parts === part),
  }))
  return [...dealt, { title: 'TypeORM 0.3', files: ['dist/test/typeorm-0.3.mjs'] }]
}

/** Runs one after the other, as long as there are any. */
async function work(environment) {
  for (let run = runs.shift(); run && !isStopped; run = runs.shift()) {
    const result = await mocha(run, environment, output())
    passed += result.passed
    failed += result.failed
  }
}

function mocha({ title, files }, environment, printed) {
  const program = [...nodeOptions, 'node_modules/mocha/bin/mocha.js', ...reporter, ...given, ...files]
  const child = spawn(process.execPath, program, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  children.add(child)
  let text = ''
  printed.write(`\n=== ${title}\n`)
  child.stdout.on('data', (chunk) => {
    text += chunk
    printed.write(chunk)
  })
  child.stderr.on('data', (chunk) => printed.write(chunk))
  return new Promise((resolve) => {
    child.once('close', (code) => {
      children.delete(child)
      printed.end()
      const number = (word) => Number(new RegExp(`^ +(\\d+) ${word}`, 'm').exec(text)?.[1] ?? 0)
      const failing = number('failing')
      resolve({ passed: number('passing'), failed: code === 0 ? failing : Math.max(1, failing) })
    })
  })
}

/** Gives outputs of which one is printed at a time; the next ones wait until it has ended. */
function inTurns() {
  const waiting = []
  return () => {
    const output = {
      held: [],
      isOver: false,
      write(chunk) {
        if (waiting[0] === output) process.stdout.write(chunk)
        else output.held.push(chunk)
      },
      end() {
        output.isOver = true
        while (waiting[0]?.isOver) {
          waiting.shift()
          for (const chunk of waiting[0]?.held.splice(0) ?? []) process.stdout.write(chunk)
        }
      },
    }
    waiting.push(output)
    return output
  }
}
