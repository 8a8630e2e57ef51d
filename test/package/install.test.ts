import { expect } from 'chai'
import { Consumer } from './support/consumer.js'
import { expectSuccess } from './support/run.js'
import { packTarball, type Tarball } from './support/tarball.js'

interface Case {
  readonly title: string
  readonly program: string
  readonly specifier: string
  readonly packages: readonly string[]
  readonly absent: readonly string[]
}

const cases: readonly Case[] = [
  {
    title: 'nothing else',
    program: 'plain',
    specifier: 'koa-session-model',
    packages: [],
    absent: ['koa', 'typeorm', 'sequelize', 'sequelize-typescript'],
  },
  {
    title: 'TypeORM only',
    program: 'with-typeorm',
    specifier: 'koa-session-model/typeorm',
    packages: ['typeorm', 'better-sqlite3', '@types/node'],
    absent: ['koa', 'sequelize', 'sequelize-typescript'],
  },
  {
    title: 'TypeORM 0.3 only',
    program: 'with-typeorm',
    specifier: 'koa-session-model/typeorm',
    packages: ['typeorm@npm:typeorm-0.3', 'better-sqlite3', '@types/node'],
    absent: ['koa', 'sequelize', 'sequelize-typescript'],
  },
  {
    title: 'Sequelize only',
    program: 'with-sequelize',
    specifier: 'koa-session-model/sequelize',
    packages: ['sequelize', 'sequelize-typescript', 'sqlite3', '@types/node', '@types/validator'],
    absent: ['koa', 'typeorm'],
  },
]

describe('the package, installed with', function () {
  this.timeout(60_000)

  let tarball: Tarball

  before(async () => {
    tarball = await packTarball()
  })

  after(() => tarball?.remove())

  for (const { title, program, specifier, packages, absent } of cases) {
    describe(title, () => {
      const consumer = new Consumer(packages)

      before(() => consumer.install(tarball.path))

      after(() => consumer.remove())

      it('compiles, libraries included', async () => {
        expectSuccess(await consumer.compile(program))
      })

      it('runs', async () => {
        expectSuccess(await consumer.start())
      })

      it('can be required', async () => {
        expectSuccess(await consumer.evaluate(`require('${specifier}')`))
      })

      for (const name of absent) {
        it(`lacks ${name}`, async () => {
          const { output } = await consumer.evaluate(`require('${name}')`)
          expect(output).to.include(`Cannot find module '${name}'`)
        })
      }
    })
  }
})
