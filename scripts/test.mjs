// Runs all tests on tsc's output. TypeORM 0.3 and 1 cannot live in one process, so each has a run of mocha of its own.
// What stands behind `npm test --` goes to mocha: `npm test -- --reporter spec` names each test.
import { spawn } from 'node:child_process'
import { createTestDatabases } from './test-databases.mjs'

const runs = [
  ['all tests; TypeORM 1, Sequelize', ['dist/test/**/*.test.js']],
  ['TypeORM 0.3', ['dist/test/typeorm-0.3.mjs']],
]

const given = process.argv.slice(2)
const reporter = given.some((option) => /^(-R|--reporter)\b/.test(option)) ? [] : ['--reporter', 'scripts/reporter.mjs']
// The reporter shows warnings after the dots.
const nodeOptions = reporter.length > 0 ? ['--no-warnings'] : []

let failed = 0
let passed = 0
let child
let isStopped = false

const removeDatabases = await createTestDatabases()
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    isStopped = true
    child?.kill(signal)
  })
}
try {
  for (const [title, files] of runs) {
    if (isStopped) break
    console.log(`\n=== ${title}`)
    const result = await mocha(files)
    passed += result.passed
    failed += result.failed
  }
} finally {
  await removeDatabases()
}

console.log(`\n${passed} passed, ${failed} failed${isStopped ? ', stopped before the end' : ''}`)
process.exitCode = failed === 0 && passed > 0 && !isStopped ? 0 : 1

function mocha(files) {
  const program = [...nodeOptions, 'node_modules/mocha/bin/mocha.js', ...reporter, ...given, ...files]
  child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
    process.stdout.write(chunk)
  })
  return new Promise((resolve) => {
    child.once('close', (code) => {
      const number = (word) => Number(new RegExp(`^ +(\\d+) ${word}`, 'm').exec(output)?.[1] ?? 0)
      const failing = number('failing')
      resolve({ passed: number('passing'), failed: code === 0 ? failing : Math.max(1, failing) })
    })
  })
}
