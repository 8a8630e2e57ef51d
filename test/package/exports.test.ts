import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect } from 'chai'
import { manifest, root } from './support/project.js'

/** What a user can import by value. Whoever adds or removes a name here changes the public interface. */
const names: Readonly<Record<string, readonly string[]>> = {
  '.': [
    'MemorySessionBackend',
    'SessionError',
    'SessionManager',
    'SessionModel',
    'SessionModelMixin',
    'session',
    'sessionBackend',
  ],
  './typeorm': ['TypeOrmSessionBackend', 'createSessionModel', 'registerSessionModel'],
  './sequelize': ['SequelizeSessionBackend', 'createSessionModel', 'registerSessionModel'],
  './testing': ['backendRules', 'testBackend'],
}

const require = createRequire(import.meta.url)
const subpaths = Object.entries(manifest.exports).filter(([subpath]) => subpath !== './package.json')

describe('the exports map', () => {
  it('has the subpaths whose names are listed here', () => {
    expect(subpaths.map(([subpath]) => subpath)).to.have.members(Object.keys(names))
  })

  it('shows package.json', () => {
    expect(require(`${manifest.name}/package.json`)).to.include({ name: manifest.name })
  })

  for (const [subpath, target] of subpaths) {
    const specifier = join(manifest.name, subpath)

    describe(specifier, () => {
      it('has its types first, and files for all conditions', () => {
        expect(Object.keys(target)).to.deep.equal(['types', 'default'])
        for (const file of Object.values(target)) expect(existsSync(join(root, file)), file).to.equal(true)
      })

      it('exports the names listed here', async () => {
        const namespace = (await import(specifier)) as object
        expect(Object.keys(namespace)).to.have.members(names[subpath] ?? [])
      })

      it('is the same module for require()', async () => {
        expect(require(specifier)).to.equal(await import(specifier))
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
