import { mainWithDataSource } from './programs.js'
import type { Command, Setup } from './setup.js'

const init = (module: string): Command => ['typeorm', 'init', '--database', 'better-sqlite3', '--module', module]

const login = { 'src/login.ts': mainWithDataSource('require', './data-source') }
const loginEsm = { 'src/login.ts': mainWithDataSource('import', './data-source.js') }

/** What `typeorm init` of TypeORM 0.3.31 makes, which installs packages too if it is run. */
const init03 = {
  'package.json': { type: 'commonjs' },
  'tsconfig.json': {
    compilerOptions: {
      lib: ['es2021'],
      target: 'es2021',
      module: 'commonjs',
      moduleResolution: 'node',
      outDir: './build',
      emitDecoratorMetadata: true,
      experimentalDecorators: true,
      sourceMap: true,
    },
  },
  'src/data-source.ts': `import "reflect-metadata"
import { DataSource } from "typeorm"

export const AppDataSource = new DataSource({
    type: "better-sqlite3",
    database: "database.sqlite",
    synchronize: true,
    logging: false,
    entities: [],
    migrations: [],
    subscribers: [],
})
`,
}

/** What `typeorm init` makes, as it is, with a file that adds sessions. */
export const typeormInitSetups: readonly Setup[] = [
  {
    title: 'typeorm init',
    isQuick: true,
    start: [init('commonjs')],
    files: login,
    commands: [['tsc'], ['node', 'build/login.js']],
  },
  {
    title: 'typeorm init, with its ts-node',
    start: [init('commonjs')],
    files: login,
    commands: [['ts-node', 'src/login.ts']],
  },
  {
    title: 'typeorm init --module esm',
    start: [init('esm')],
    files: loginEsm,
    commands: [['tsc'], ['node', 'build/login.js']],
  },
  {
    title: 'typeorm init --module esm, with its ts-node',
    start: [init('esm')],
    files: loginEsm,
    commands: [['node', '--loader', 'ts-node/esm', 'src/login.ts']],
  },
  {
    title: 'typeorm init of TypeORM 0.3',
    typeorm: '0.3',
    files: { ...init03, ...login },
    commands: [['tsc'], ['node', 'build/login.js'], ['ts-node', 'src/login.ts']],
  },
]
