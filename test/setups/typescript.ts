import { type Form, mainOf, type Program } from './programs.js'
import type { Setup, TypeScriptVersion } from './setup.js'

type Resolution = 'node10' | 'node16' | 'nodenext' | 'bundler'
type Format = 'CommonJS' | 'ESM'

interface Way {
  readonly module: string
  readonly form: Form
}

/** The setting `module` that belongs to each way of resolving. */
const ways: Readonly<Record<Resolution, Readonly<Record<Format, Way>>>> = {
  node10: { CommonJS: { module: 'commonjs', form: 'require' }, ESM: { module: 'es2022', form: 'import' } },
  node16: { CommonJS: { module: 'node16', form: 'require' }, ESM: { module: 'node16', form: 'import' } },
  nodenext: { CommonJS: { module: 'nodenext', form: 'require' }, ESM: { module: 'nodenext', form: 'import' } },
  bundler: { CommonJS: { module: 'preserve', form: 'require all' }, ESM: { module: 'esnext', form: 'import' } },
}

const versions: readonly TypeScriptVersion[] = ['5.4', '5.6', '5.9', '7']
const formats: readonly Format[] = ['CommonJS', 'ESM']

/** TypeScript's versions and ways to resolve, without `skipLibCheck`, so that our types are checked too. */
export const typescriptSetups: readonly Setup[] = versions.flatMap((version) =>
  (Object.keys(ways) as Resolution[])
    .filter((resolution) => version !== '7' || resolution !== 'node10') // removed in TypeScript 6
    .flatMap((resolution) => formats.map((format) => setupOf(version, resolution, format))),
)

function setupOf(version: TypeScriptVersion, resolution: Resolution, format: Format): Setup {
  const { module, form } = ways[resolution][format]
  // Sequelize's types make a compilation slow, and the ways differ in nothing for them.
  const programs: Program[] = resolution === 'node10' || version === '7' ? ['typeorm', 'sequelize'] : ['typeorm']
  const files = Object.fromEntries(programs.map((program) => [`${program}.ts`, mainOf(program, form)]))
  return {
    title: `TypeScript ${version}, moduleResolution ${resolution}, ${format}`,
    typescript: version,
    isQuick: version === '7',
    files: {
      ...files,
      'package.json': { type: format === 'ESM' ? 'module' : 'commonjs' },
      'tsconfig.json': { compilerOptions: compilerOptions(resolution, module), files: Object.keys(files) },
    },
    commands: [
      [version === '7' ? 'tsc' : 'compile'],
      ...programs.map((program) => ['node', `out/${program}.js`] as const),
    ],
  }
}

function compilerOptions(moduleResolution: Resolution, module: string): object {
  return {
    target: 'es2022',
    module,
    moduleResolution,
    allowSyntheticDefaultImports: true,
    strict: true,
    skipLibCheck: false,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    rootDir: '.',
    outDir: 'out',
  }
}
