// The long form of the tests that try random cases. Arguments choose among them, by the names of their files.
import { spawn } from 'node:child_process'

const names = process.argv.slice(2)
const files = names.length > 0 ? names.map((name) => `dist/test/fuzz/${name}.test.js`) : ['dist/test/fuzz/*.test.js']
const seed = process.env.FUZZ_SEED ?? String(Math.floor(Math.random() * 2 ** 31))
const started = Date.now()

console.log(`The seed is ${seed}: FUZZ_SEED=${seed} npm run fuzz tries the same again.`)
const child = spawn(process.execPath, ['node_modules/mocha/bin/mocha.js', ...files], {
  stdio: 'inherit',
  env: { ...process.env, FUZZ: 'long', FUZZ_SEED: seed },
})
child.once('close', (code) => {
  console.log(`${Math.round((Date.now() - started) / 1000)} s, seed ${seed}`)
  process.exitCode = code ?? 1
})
