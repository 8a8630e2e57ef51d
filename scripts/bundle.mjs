// Makes few files of the many that tsc built of src, because Node.js takes most of an import's time to find, open and compile
// files: one for each entry and for the command, `core.js` with the modules that the index reaches, and `shared.js` with others
// that several entries share, so that all have the same classes. `prepack` does it in the package itself, and tests in a copy:
// node scripts/bundle.mjs [folder]
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const folder = resolve(process.argv[2] ?? '.')
const built = join(folder, 'dist/src')
const { exports, bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

/** The name of each entry, without `.js`, and its source. */
const entries = Object.fromEntries(
  [...Object.values(exports).flatMap(({ require }) => require?.default ?? []), ...Object.values(bin)]
    .map((path) => path.slice('./dist/src/'.length, -'.js'.length))
    .map((name) => [name, join(folder, 'src', `${name}.ts`)]),
)

const options = {
  cwd: folder,
  platform: 'node',
  tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)),
  external: (id) => !id.startsWith('.') && !isAbsolute(id),
}

const ofIndex = await modulesOf(entries.index)

for (const file of readdirSync(built, { recursive: true })) {
  if (/\.js(\.map)?$/.test(file)) rmSync(join(built, file))
}
const bundle = await rolldown({ ...options, input: entries })
await bundle.write({
  dir: built,
  format: 'cjs',
  sourcemap: true,
  sourcemapExcludeSources: true,
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
  strict: true,
  // As tsc writes exports: the tools of users find the names.
  exports: 'named',
  esModule: true,
  externalLiveBindings: false,
  generatedCode: { symbols: false },
  comments: { jsdoc: false },
  codeSplitting: {
    groups: [
      { name: 'core', test: (id) => id !== entries.index && ofIndex.has(id), priority: 2 },
      { name: 'shared', test: () => true, minShareCount: 2, priority: 1 },
    ],
  },
})
await bundle.close()

/** The modules that the import of an entry reaches. */
async function modulesOf(entry) {
  const one = await rolldown({ ...options, input: entry })
  const { output } = await one.generate({ codeSplitting: false })
  await one.close()
  return new Set(output.flatMap(({ moduleIds = [] }) => moduleIds))
}
