import { createRequire } from 'node:module'
import { expect } from 'chai'
import { SessionError } from 'koa-session-model'
import { createSessionModel as createModel } from 'koa-session-model/sequelize'
import { createSessionModel as createEntity } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Sequelize } from 'sequelize-typescript'
import { relayedTypes, unconnected } from '../support/relayed-driver.js'
import { sequelizeDatabases } from '../support/sequelize-rows.js'
import { driverDatabases } from '../support/typeorm-drivers.js'
import { typeormDatabases } from '../support/typeorm-rows.js'
import { read } from './support/project.js'

const { DriverFactory } = createRequire(import.meta.url)('typeorm/driver/DriverFactory.js')
const table = { table: '' }

/** What a table of the page says of each database: tested, untested or refused. */
function told(orm: string): Map<string, string> {
  const [, section = ''] = read('docs/databases.md').split(`## ${orm}\n`)
  const [rows = ''] = section.split(/^## /m)
  return new Map(
    Array.from(rows.matchAll(/^\| `(\S+)` \|.*\| (\w+) \|$/gm), ([, name = '', word = '']) => [name, word]),
  )
}

const namesOf = (page: Map<string, string>, word: string): string[] =>
  [...page].filter(([, said]) => said === word).map(([name]) => name)

function isRefused(register: () => unknown): boolean {
  try {
    register()
    return false
  } catch (error) {
    if (error instanceof SessionError && error.code === 'DATABASE_UNSUPPORTED') return true
    throw error
  }
}

describe('docs/databases.md', () => {
  const [typeorm, sequelize] = [told('TypeORM'), told('Sequelize')]

  it('lists every type of TypeORM', () => {
    const cases = [...String(DriverFactory.prototype.create).matchAll(/case "([\w-]+)"/g)].map(([, name]) => name)
    expect([...typeorm.keys()].sort()).to.deep.equal([...new Set([...cases, 'sqlite'])].sort())
  })

  it('says refused of those, and only those, that registration refuses', () => {
    const types = [...typeorm.keys()].filter((type) => type !== 'sqlite')
    const refusedTypes = types.filter((type) => isRefused(() => createEntity(unconnected(type))))
    expect(refusedTypes.sort()).to.deep.equal(namesOf(typeorm, 'refused').sort())
    const refusedDialects = [...sequelize.keys()].filter((dialect) => {
      const standIn = dialect === 'sqlite' ? {} : { dialectModule: { types: {} } }
      return isRefused(() => createModel(new Sequelize({ dialect: dialect as 'postgres', ...standIn })))
    })
    expect(refusedDialects.sort()).to.deep.equal(namesOf(sequelize, 'refused').sort())
  })

  it('says tested of those, and only those, that the kit runs on', () => {
    const types = [...typeormDatabases, ...driverDatabases].map(({ connection }) => connection(table).type)
    expect([...new Set([...types, 'sqlite'])].sort()).to.deep.equal(namesOf(typeorm, 'tested').sort())
    const dialects = sequelizeDatabases.map(({ connection }) => connection({}).dialect)
    expect(dialects.sort()).to.deep.equal(namesOf(sequelize, 'tested').sort())
  })

  it('says untested of those, and only those, whose statements another database runs', () => {
    expect(Object.values(relayedTypes).flat().sort()).to.deep.equal(namesOf(typeorm, 'untested').sort())
    expect(namesOf(sequelize, 'untested')).to.deep.equal([])
  })
})
