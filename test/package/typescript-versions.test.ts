import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './support/project.js'
import { expectSuccess, runNode } from './support/run.js'

/** As npm installs them here: the oldest and the newest, and with `ALL_SETUPS=1` those between. */
const between = process.env.ALL_SETUPS ? ['typescript-5.6', 'typescript-5.9'] : []
const compilers = ['typescript-5.4', ...between, 'typescript']

/**
 * Each compiled by itself: what one adds to the types of Koa, the others must not have. Where two packages add to the same types,
 * TypeScript would tell of a contradiction in a declaration file, without `skipLibCheck`. TypeORM's own files have errors.
 */
const programs = [
  { program: 'test/types/apps.types.ts', skipLibCheck: false },
  { program: 'test/augment/augment.types.ts', skipLibCheck: false },
  { program: 'test/augment/beside-koa-session.types.ts', skipLibCheck: false },
  { program: 'test/augment/of-entity.types.ts', skipLibCheck: true },
]

describe('the types of an app with sessions', function () {
  this.timeout(120_000)

  let folder: string

  before(() => {
    mkdirSync(join(root, '.tmp'), { recursive: true })
    folder = mkdtempSync(join(root, '.tmp', 'types-'))
  })

  after(() => rmSync(folder, { recursive: true }))

  for (const compiler of compilers) {
    for (const { program, skipLibCheck } of programs) {
      it(`are right in ${program}, with ${compiler}`, async () => {
        const compilerOptions = {
          target: 'es2022',
          module: 'node16',
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          skipLibCheck,
          experimentalDecorators: true,
          emitDecoratorMetadata: true,
          noEmit: true,
          types: ['node'],
        }
        const config = join(folder, 'tsconfig.json')
        writeFileSync(config, JSON.stringify({ compilerOptions, files: [join(root, program)] }))
        expectSuccess(await runNode([join(root, 'node_modules', compiler, 'bin/tsc'), '--project', config]))
      })
    }
  }
})
