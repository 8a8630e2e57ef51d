import { mainOf } from './programs.js'
import type { Setup } from './setup.js'

const compilerOptions = {
  target: 'es2022',
  module: 'node16',
  moduleResolution: 'node16',
  strict: true,
  outDir: 'out',
}
const esm = { 'package.json': { type: 'module' } }
const main = mainOf('typeorm', 'import')

/** A column whose type is guessed from the property's, for which there must be metadata. */
const guessing = main.replace(`{ type: 'integer', nullable: true }`, '{ nullable: true }')

/** What cannot work, and what it says; docs/tooling.md has these texts, and what to set. */
export const refusedSetups: readonly Setup[] = [
  {
    title: 'TypeScript without experimentalDecorators',
    files: { ...esm, 'main.ts': main, 'tsconfig.json': { compilerOptions, files: ['main.ts'] } },
    commands: [['compile']],
    fails: `error TS1240: Unable to resolve signature of property decorator when called as an expression`,
  },
  {
    title: 'TypeScript without experimentalDecorators, Sequelize',
    files: {
      ...esm,
      'main.ts': mainOf('sequelize', 'import'),
      'tsconfig.json': { compilerOptions, files: ['main.ts'] },
    },
    commands: [['compile']],
    fails: `error TS1206: Decorators are not valid here`,
  },
  {
    title: 'TypeScript 7 with moduleResolution node',
    typescript: '7',
    files: {
      'main.ts': mainOf('typeorm', 'require'),
      'tsconfig.json': {
        compilerOptions: { ...compilerOptions, module: 'commonjs', moduleResolution: 'node' },
        files: ['main.ts'],
      },
    },
    commands: [['tsc']],
    fails: `error TS5108: Option 'moduleResolution=node10' has been removed`,
  },
  {
    title: 'tsx without experimentalDecorators in tsconfig.json',
    files: { ...esm, 'main.ts': main },
    commands: [['tsx', 'main.ts']],
    fails: 'at Reflect.getMetadata',
  },
  {
    title: 'tsx without experimentalDecorators in tsconfig.json, Sequelize',
    files: { ...esm, 'main.ts': mainOf('sequelize', 'import') },
    commands: [['tsx', 'main.ts']],
    fails: `ERROR: Decorators are not valid here`,
  },
  {
    title: 'tsx, which emits no metadata of decorators',
    files: { ...esm, 'main.ts': guessing, 'tsconfig.json': { compilerOptions: { experimentalDecorators: true } } },
    commands: [['tsx', 'main.ts']],
    fails: `ColumnTypeUndefinedError: Column type for WebSession#userId is not defined and cannot be guessed`,
  },
  {
    title: 'a union as a column without a type',
    files: {
      ...esm,
      'main.ts': guessing,
      'tsconfig.json': {
        compilerOptions: { ...compilerOptions, experimentalDecorators: true, emitDecoratorMetadata: true },
      },
    },
    commands: [['compile'], ['node', 'out/main.js']],
    fails: `DataTypeNotSupportedError: Data type "Object" in "WebSession.userId" is not supported`,
  },
  {
    title: 'esbuild, bundled as ESM without a banner',
    files: { ...esm, 'main.ts': main, 'tsconfig.json': { compilerOptions: { experimentalDecorators: true } } },
    commands: [
      [
        'transform',
        'esbuild',
        'main.ts',
        'out/main.js',
        JSON.stringify({
          bundle: true,
          format: 'esm',
          external: ['typeorm', 'better-sqlite3', 'koa', 'reflect-metadata'],
        }),
      ],
      ['node', 'out/main.js'],
    ],
    fails: `Error: Dynamic require of "node:`,
  },
]
