import { mainOf, type Program, testOf } from './programs.js'
import type { Setup } from './setup.js'

const compilerOptions = {
  target: 'es2022',
  module: 'commonjs',
  moduleResolution: 'node',
  strict: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  outDir: 'out',
}

const commonJs = { 'package.json': { type: 'commonjs' }, 'tsconfig.json': { compilerOptions, include: ['*.ts'] } }

const esm = {
  'package.json': { type: 'module' },
  'tsconfig.json': { compilerOptions: { ...compilerOptions, module: 'nodenext', moduleResolution: 'nodenext' } },
}

const swcrc = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
}

const tsJest = { preset: 'ts-jest' }
const swcJest = { transform: { '\\.ts$': ['@swc/jest', { ...swcrc, module: { type: 'commonjs' } }] } }

const jestTest = `import { test } from '@jest/globals'`
const tddTest = 'declare function test(title: string, work: () => Promise<void>): void'

const external = ['typeorm', 'better-sqlite3', 'sequelize', 'sequelize-typescript', 'koa', 'reflect-metadata']

const programs: readonly Program[] = ['typeorm', 'sequelize']
const names = { typeorm: 'TypeORM', sequelize: 'Sequelize' }

/** What runs TypeScript, or tests in it. */
export const toolSetups: readonly Setup[] = programs.flatMap((program): Setup[] => [
  {
    title: `Jest 30 with ts-jest, ${names[program]}`,
    files: { ...commonJs, 'jest.config.json': tsJest, 'session.test.ts': testOf(program, 'require', jestTest) },
    commands: [['jest']],
  },
  {
    title: `Jest 30 with @swc/jest, ${names[program]}`,
    isQuick: true,
    files: { ...commonJs, 'jest.config.json': swcJest, 'session.test.ts': testOf(program, 'require', jestTest) },
    commands: [['jest']],
  },
  {
    title: `Jest 30 with @swc/jest, as ES modules, ${names[program]}`,
    files: {
      ...esm,
      'jest.config.json': { extensionsToTreatAsEsm: ['.ts'], transform: { '\\.ts$': ['@swc/jest', swcrc] } },
      'session.test.ts': testOf(program, 'import', jestTest),
    },
    commands: [['node', '--experimental-vm-modules', '../node_modules/jest/bin/jest.js']],
  },
  {
    title: `Vitest 4, ${names[program]}`,
    files: { ...esm, 'session.test.ts': testOf(program, 'import', `import { test } from 'vitest'`) },
    commands: [['vitest', 'run']],
  },
  {
    title: `Mocha 12 with ts-node, ${names[program]}`,
    files: { ...commonJs, 'session.spec.ts': testOf(program, 'require', tddTest) },
    commands: [['mocha', '--ui', 'tdd', '--require', 'ts-node/register', 'session.spec.ts']],
  },
  {
    title: `Mocha 12 with tsx, ${names[program]}`,
    files: { ...esm, 'session.spec.ts': testOf(program, 'import', tddTest) },
    commands: [['mocha', '--ui', 'tdd', '--import=tsx', 'session.spec.ts']],
  },
  {
    title: `ts-node, CommonJS, ${names[program]}`,
    files: { ...commonJs, 'main.ts': mainOf(program, 'require') },
    commands: [['ts-node', 'main.ts']],
  },
  {
    title: `tsx, CommonJS, ${names[program]}`,
    files: { ...commonJs, 'main.ts': mainOf(program, 'require') },
    commands: [['tsx', 'main.ts']],
  },
  {
    title: `tsx, ESM, ${names[program]}`,
    isQuick: program === 'typeorm',
    files: { ...esm, 'main.ts': mainOf(program, 'import') },
    commands: [['tsx', 'main.ts']],
  },
  {
    title: `swc, CommonJS, ${names[program]}`,
    files: { ...commonJs, '.swcrc': { ...swcrc, module: { type: 'commonjs' } }, 'main.ts': mainOf(program, 'require') },
    commands: [
      ['transform', 'swc', 'main.ts', 'out/main.js'],
      ['node', 'out/main.js'],
    ],
  },
  {
    title: `swc, ESM, ${names[program]}`,
    files: { ...esm, '.swcrc': { ...swcrc, module: { type: 'es6' } }, 'main.ts': mainOf(program, 'import') },
    commands: [
      ['transform', 'swc', 'main.ts', 'out/main.js'],
      ['node', 'out/main.js'],
    ],
  },
  ...bundles(program),
])

/** This package goes into the bundle, and what has native parts or is shared with it does not. */
function bundles(program: Program): Setup[] {
  const minified = { bundle: true, minify: true, external }
  const require = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`
  return [
    {
      title: `esbuild, file by file, ${names[program]}`,
      files: { ...esm, 'main.ts': mainOf(program, 'import') },
      commands: [
        ['transform', 'esbuild', 'main.ts', 'out/main.js', '{"format":"esm"}'],
        ['node', 'out/main.js'],
      ],
    },
    {
      title: `esbuild, bundled and minified, CommonJS, ${names[program]}`,
      isQuick: program === 'typeorm',
      files: { ...commonJs, 'main.ts': mainOf(program, 'require') },
      commands: [
        ['transform', 'esbuild', 'main.ts', 'out/main.js', JSON.stringify({ ...minified, format: 'cjs' })],
        ['node', 'out/main.js'],
      ],
    },
    {
      title: `esbuild, bundled and minified, ESM with a banner, ${names[program]}`,
      files: { ...esm, 'main.ts': mainOf(program, 'import') },
      commands: [
        [
          'transform',
          'esbuild',
          'main.ts',
          'out/main.js',
          JSON.stringify({ ...minified, format: 'esm', banner: { js: require } }),
        ],
        ['node', 'out/main.js'],
      ],
    },
  ]
}
