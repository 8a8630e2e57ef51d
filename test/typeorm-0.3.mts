import { readdirSync } from 'node:fs'
import './support/typeorm-0.3.js'

// Runs the tests that need TypeORM on TypeORM 0.3. Mocha imports a .mjs file, and requires a .js file, which the
// resolve hook would not see.
const folder = readdirSync(new URL('typeorm', import.meta.url), { recursive: true, encoding: 'utf8' })
const files = folder.filter((name) => name.endsWith('.test.js')).map((name) => `typeorm/${name}`)

for (const file of [
  'databases/batched/typeorm.test.js',
  'databases/contract/typeorm.test.js',
  'databases/cleanup/typeorm.test.js',
  'databases/expiry/typeorm.test.js',
  'databases/iterate/typeorm.test.js',
  'databases/failures/typeorm.test.js',
  'databases/failures/typeorm-hooks.test.js',
  'databases/reasons/typeorm.test.js',
  'databases/time/typeorm.test.js',
  ...files,
]) {
  await import(new URL(file, import.meta.url).href)
}
