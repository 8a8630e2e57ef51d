import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect } from 'chai'
import { manifest, root, type Target } from './support/project.js'

/** What a user can import by value. Whoever adds or removes a name here changes the public interface. */
const names: Readonly<Record<string, readonly string[]>> = {
  '.': [
    'MemorySessionBackend',
    'SessionError',
    'SessionManager',
    'SessionModel',
    'SessionModelMixin',
    'bearer',
    'cookie',
    'session',
    'sessionBackend',
  ],
  './typeorm': ['TypeOrmSessionBackend', 'createSessionModel', 'registerSessionModel'],
  './sequelize': ['SequelizeSessionBackend', 'createSessionModel', 'registerSessionModel'],
  './testing': ['backendRules', 'cookieFor', 'sessionOf', 'testBackend'],
  './adapter': ['readCookie', 'readOldCookie', 'setCookieHeader'],
  './koa-session': ['koaSessionStore'],
  './express-session': ['expressSessionStore'],
  './augment': [], // types only
}

type Subpath = readonly [string, Target]

const require = createRequire(import.meta.url)
const subpaths = Object.entries(manifest.exports).flatMap(([subpath, target]) =>
  typeof target === 'string' ? [] : [[subpath, target] as Subpath],
)

describe('the exports map', () => {
  it('has the subpaths whose names are listed here', () => {
    expect(subpaths.map(([subpath]) => subpath)).to.have.members(Object.keys(names))
  })

  it('shows package.json', () => {
    expect(require(`${manifest.name}/package.json`)).to.include({ name: manifest.name })
  })

  it('says the same to those who do not read it, such as moduleResolution node', () => {
    const { main, types, typesVersions } = manifest
    const [[, { require: index }], ...others] = subpaths as [Subpath, ...Subpath[]]
    expect({ types, default: main }).to.deep.equal(index)
    const typesOfOthers = others.map(([subpath, { require: files }]) => [subpath.slice('./'.length), [files.types]])
    expect(typesVersions).to.deep.equal({ '*': Object.fromEntries(typesOfOthers) })
  })

  for (const [subpath, target] of subpaths) {
    const specifier = join(manifest.name, subpath)

    describe(specifier, () => {
      it('has its types first, and files for all conditions', () => {
        expect(Object.keys(target)).to.deep.equal(['import', 'require'])
        for (const files of Object.values(target)) {
          expect(Object.keys(files)).to.deep.equal(['types', 'default'])
          for (const file of [files.types, files.default]) expect(existsSync(join(root, file)), file).to.equal(true)
        }
      })

      it('exports the names listed here', async () => {
        const namespace = (await import(specifier)) as object
        expect(Object.keys(namespace)).to.have.members(names[subpath] ?? [])
      })

      it('is one and the same for require()', async () => {
        expect({ ...(require(specifier) as object) }).to.deep.equal({ ...((await import(specifier)) as object) })
      })
    })
  }
})

describe('the command', () => {
  const { bin = {} } = manifest

  for (const [name, file] of Object.entries(bin)) {
    it(`${name} is a script for Node.js`, () => {
      expect(readFileSync(join(root, file), 'utf8')).to.match(/^#!\/usr\/bin\/env node\n/)
    })
  }
})
