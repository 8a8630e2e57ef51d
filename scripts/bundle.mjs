// Makes few files of the many that tsc built of src, because Node.js takes most of an import's time to find and open files:
// one for each entry and for the command, and `shared.js` with what they have in common, so that all have the same classes.
// `prepack` does it in the package itself, and tests in a copy: node scripts/bundle.mjs [folder]
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { build } from 'esbuild'

const folder = resolve(process.argv[2] ?? '.')
const source = join(folder, 'dist/src')
const { exports, bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
const shared = join(source, 'shared.js')

/** The modules that entries take of `shared.js`. */
const sharedModules = new Set()
const outputs = []

for (const target of Object.values(exports)) {
  if (typeof target === 'string') continue
  const path = join(folder, target.require.default)
  // The facade lists the public names; esbuild says them in the bundle as Node.js finds them.
  await bundle(path, readFileSync(join(folder, target.import.default), 'utf8'), [takeShared(path)])
}
for (const file of Object.values(bin)) {
  const path = join(folder, file)
  await bundle(path, `#!/usr/bin/env node\nrequire('./main.js')`, [takeShared(path)])
}
const table = [...sharedModules].sort().map((name) => `  '${name}': () => require('./${name}.js'),\n`)
await bundle(shared, `module.exports = {\n${table.join('')}}`, [])

for (const file of readdirSync(source, { recursive: true })) {
  if (/\.js(\.map)?$/.test(file)) rmSync(join(source, file))
}
for (const { path, text } of outputs) writeFileSync(path, text)

/** Bundles the program and what it requires of this package. Names and lines stay readable; the modules stay lazy. */
async function bundle(path, contents, plugins) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: dirname(path), sourcefile: relative(folder, path) },
    absWorkingDir: folder,
    outfile: path,
    plugins,
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  })
  outputs.push(...outputFiles)
}

/** Replaces modules of other folders by those of `shared.js`. The index of the package has no folder of its own. */
function takeShared(entry) {
  const own = dirname(entry)
  const isOwn = (path) => (own === source ? path === entry : path.startsWith(`${own}/`))
  return {
    name: 'shared',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.{1,2}\// }, ({ path, resolveDir, namespace }) => {
        if (namespace === 'shared') return { path, external: true }
        const absolute = join(resolveDir, path)
        return isOwn(absolute)
          ? undefined
          : { path: relative(source, absolute).slice(0, -'.js'.length), namespace: 'shared' }
      })
      onLoad({ filter: /./, namespace: 'shared' }, ({ path: name }) => {
        sharedModules.add(name)
        const file = relative(own, shared)
        return { contents: `module.exports = require('${file.startsWith('.') ? file : `./${file}`}')['${name}']()` }
      })
    },
  }
}
