// Finishes what tsc built of src, which is CommonJS: `import` gets ES modules that list the public names, so that a name
// is public only if its index exports it, and no `default` or `__esModule` comes with them.
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const root = new URL('../', import.meta.url)
const { exports } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))

// tsc does not copy it, and without it Node.js would take the output for ES modules.
copyFileSync(new URL('src/package.json', root), new URL('dist/src/package.json', root))

for (const target of Object.values(exports)) {
  if (typeof target === 'string') continue
  const facade = new URL(target.import.default, root)
  const names = Object.keys(require(fileURLToPath(new URL(target.require.default, root)))).sort()
  writeFileSync(facade, `export { ${names.join(', ')} } from './index.js'\n`)
  rmSync(new URL(`${facade.href}.map`), { force: true })
}
