import { expect } from 'chai'
import { Consumer } from './support/consumer.js'
import { packTarball, type Tarball } from './support/tarball.js'

/** The files that the index needs beside its own. */
const core = ['core', 'rolldown-runtime']
/** The files that an entry needs which also takes modules that the index does not reach. */
const all = [...core, 'shared']

/** Each entry, the files that its import may open beside its own, and the packages that it must not load. */
const entries = [
  { entry: '', files: core, foreign: ['typeorm', 'sequelize', 'sequelize-typescript', 'koa'] },
  { entry: '/typeorm', files: all, foreign: ['sequelize', 'sequelize-typescript', 'koa'] },
  { entry: '/sequelize', files: all, foreign: ['typeorm', 'koa'] },
  { entry: '/testing', files: core, foreign: ['typeorm', 'sequelize', 'koa'] },
  { entry: '/adapter', files: core, foreign: ['typeorm', 'sequelize', 'koa'] },
  { entry: '/koa-session', files: all, foreign: ['typeorm', 'sequelize', 'koa-session'] },
  { entry: '/express-session', files: all, foreign: ['typeorm', 'sequelize', 'express-session'] },
]

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
    it(`of koa-session-model${entry} opens only ${files.join(', ')}, and none of ${foreign.join(', ')}`, async () => {
      const paths = (await evaluate(
        `import('koa-session-model${entry}').then(() => console.log(JSON.stringify(Object.keys(require.cache))))`,
      )) as string[]
      const opened = paths.flatMap((path) => /\/koa-session-model\/dist\/src\/(.*)\.js$/.exec(path)?.[1] ?? [])
      expect(opened).to.have.members([`${entry}/index`.slice(1), ...files])
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
