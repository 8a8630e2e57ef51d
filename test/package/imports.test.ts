import { expect } from 'chai'
import { Consumer } from './support/consumer.js'
import { packTarball, type Tarball } from './support/tarball.js'

/** Each entry, how many files of the package its import may open, and the packages that it must not load. */
const entries = [
  { entry: '', files: 2, foreign: ['typeorm', 'sequelize', 'sequelize-typescript', 'koa'] },
  { entry: '/typeorm', files: 2, foreign: ['sequelize', 'sequelize-typescript', 'koa'] },
  { entry: '/sequelize', files: 2, foreign: ['typeorm', 'koa'] },
  { entry: '/testing', files: 2, foreign: ['typeorm', 'sequelize', 'koa'] },
  { entry: '/adapter', files: 2, foreign: ['typeorm', 'sequelize', 'koa'] },
  { entry: '/koa-session', files: 2, foreign: ['typeorm', 'sequelize', 'koa-session'] },
  { entry: '/express-session', files: 2, foreign: ['typeorm', 'sequelize', 'express-session'] },
] as const

describe('the import of the installed package', function () {
  this.timeout(60_000)

  const packages = [
    'typeorm',
    'sequelize',
    'sequelize-typescript',
    'koa',
    'koa-session',
    'express-session',
    '@types/node',
  ]
  const consumer = new Consumer(packages)
  let tarball: Tarball

  before(async () => {
    tarball = await packTarball()
    await consumer.install(tarball.path)
  })

  after(() => {
    consumer.remove()
    tarball?.remove()
  })

  /** What the code prints, as JSON. */
  const evaluate = async (code: string) => JSON.parse((await consumer.evaluate(code)).output) as unknown

  for (const { entry, files, foreign } of entries) {
    it(`of koa-session-model${entry} opens ${files} files, and none of ${foreign.join(', ')}`, async () => {
      const paths = (await evaluate(
        `import('koa-session-model${entry}').then(() => console.log(JSON.stringify(Object.keys(require.cache))))`,
      )) as string[]
      expect(paths.filter((path) => path.includes('/koa-session-model/dist/'))).to.have.length(files)
      for (const name of foreign)
        expect(paths.filter((path) => path.includes(`/node_modules/${name}/`))).to.deep.equal([])
    })
  }

  it('gives all entries the same classes', async () => {
    const code = `const { SessionError } = require('koa-session-model')
      try { require('koa-session-model/koa-session').koaSessionStore({}) } catch (error) {
        console.log(JSON.stringify([error.constructor === SessionError, error.name]))
      }`
    expect(await evaluate(code)).to.deep.equal([true, 'SessionError'])
  })
})
