import { readdirSync } from 'node:fs'
import './support/typeorm-0.3.js'

// Runs the tests that need TypeORM on TypeORM 0.3. Mocha imports a .mjs file, and requires a .js file, which the
// resolve hook would not see.
const folders = ['typeorm', 'time']
const files = folders.flatMap((folder) => {
  const names = readdirSync(new URL(folder, import.meta.url), { recursive: true, encoding: 'utf8' })
  return names.filter((name) => name.endsWith('.test.js')).map((name) => `${folder}/${name}`)
})

for (const file of ['backends/typeorm.test.js', ...files]) await import(new URL(file, import.meta.url).href)
