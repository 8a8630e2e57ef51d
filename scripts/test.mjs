// Runs all tests on tsc's output. TypeORM 0.3 and 1 cannot live in one process, so each has a run of mocha of its own.
import { spawn } from 'node:child_process'

const runs = [
  ['all tests; TypeORM 1, Sequelize', ['dist/test/**/*.test.js']],
  ['TypeORM 0.3', ['dist/test/typeorm-0.3.mjs']],
]

let failed = 0
let passed = 0

for (const [title, files] of runs) {
  console.log(`\n=== ${title}`)
  const result = await mocha(files)
  passed += result.passed
  failed += result.failed
}

console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1

function mocha(files) {
  const child = spawn(process.execPath, ['node_modules/mocha/bin/mocha.js', ...files], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
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
