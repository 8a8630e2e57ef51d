import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import * as sequelize from 'koa-session-model/sequelize'
import * as typeorm from 'koa-session-model/typeorm'
import { Sequelize as PlainSequelize } from 'sequelize'
import { Model, Sequelize } from 'sequelize-typescript'
import { DataSource } from 'typeorm'
import { expectError } from '../support/errors.js'

type AnyFunction = (...args: readonly unknown[]) => unknown

interface Orm {
  readonly name: string
  readonly register: AnyFunction
  readonly create: AnyFunction
  readonly Backend: new (...args: readonly unknown[]) => unknown
  readonly open: () => unknown
  readonly newModel: () => unknown
}

const newDataSource = () => new DataSource({ type: 'better-sqlite3', database: ':memory:' })
const newSequelize = () => new Sequelize({ dialect: 'sqlite', storage: ':memory:', logging: false })

function newEntity() {
  @SessionModel()
  class WebSession {}
  return WebSession
}

function newModel() {
  @SessionModel()
  class WebSession extends Model {}
  return WebSession
}

const ofTypeOrm: Orm = {
  name: 'TypeORM',
  register: typeorm.registerSessionModel as AnyFunction,
  create: typeorm.createSessionModel as AnyFunction,
  Backend: typeorm.TypeOrmSessionBackend as never,
  open: newDataSource,
  newModel: newEntity,
}
const ofSequelize: Orm = {
  name: 'Sequelize',
  register: sequelize.registerSessionModel as AnyFunction,
  create: sequelize.createSessionModel as AnyFunction,
  Backend: sequelize.SequelizeSessionBackend as never,
  open: newSequelize,
  newModel,
}

/** What is passed, the code, and what the message says. */
type Case = readonly [name: string, args: () => readonly unknown[], code: string, ...says: string[]]

for (const [orm, other] of [
  [ofTypeOrm, ofSequelize],
  [ofSequelize, ofTypeOrm],
] as const) {
  const { open, newModel } = orm
  const inCircle = 'import each other in a circle'
  const otherPath = orm === ofTypeOrm ? 'koa-session-model/sequelize' : 'koa-session-model/typeorm'
  class Plain {}

  const registrations: readonly Case[] = [
    [
      'swapped',
      () => [newModel(), open()],
      'MODEL_NOT_DECORATED',
      'swapped',
      'registerSessionModel(registry, WebSession)',
    ],
    ['a class alone', () => [newModel()], 'MODEL_NOT_DECORATED', 'registry is missing', '(registry, WebSession)'],
    ['nothing', () => [], 'MODEL_NOT_DECORATED', 'nothing'],
    ['no model', () => [open()], 'MODEL_NOT_DECORATED', inCircle],
    ['no registry', () => [undefined, newModel()], 'REGISTRY_UNKNOWN', 'is nothing', inCircle],
    [
      'an instance',
      () => [open(), new (newEntity())()],
      'MODEL_NOT_DECORATED',
      'an instance of WebSession',
      'no instance',
    ],
    ['text', () => [open(), 'WebSession'], 'MODEL_NOT_DECORATED', 'a string'],
    ['a list', () => [open(), [newModel()]], 'MODEL_NOT_DECORATED', 'an array'],
    ['a plain class', () => [open(), Plain], 'MODEL_NOT_DECORATED', 'The class Plain', 'Put @SessionModel() above'],
    [
      'the other registry',
      () => [other.open(), newModel()],
      'REGISTRY_UNKNOWN',
      `Import registerSessionModel from ${otherPath}`,
    ],
    ['the other model', () => [open(), other.newModel()], 'MODEL_CLASS', otherPath],
    ['options of a registry', () => [{ type: 'sqlite' }, newModel()], 'REGISTRY_UNKNOWN', 'an object'],
  ]
  const creations: readonly Case[] = [
    ['swapped', () => ['sessions', open()], 'REGISTRY_UNKNOWN', 'swapped', 'createSessionModel(registry, "sessions")'],
    [
      'options',
      () => [open(), { tableName: 'sessions' }],
      'OPTION_INVALID',
      "createSessionModel(registry, 'web_sessions')",
    ],
    ['a class', () => [open(), newModel()], 'OPTION_INVALID', 'registerSessionModel(registry, WebSession)'],
    ['an empty name', () => [open(), ''], 'OPTION_INVALID', 'Give a name'],
    ['nothing', () => [], 'REGISTRY_UNKNOWN', 'is nothing'],
  ]
  const backends: readonly Case[] = [
    ['nothing', () => [], 'MODEL_NOT_REGISTERED', 'nothing'],
    ['a registry', () => [open()], 'MODEL_NOT_REGISTERED', 'Pass the class to registerSessionModel'],
  ]

  describe(`${orm.name}: arguments in the wrong place`, () => {
    const refuses = (of: string, call: AnyFunction, cases: readonly Case[]): void => {
      for (const [name, args, code, ...says] of cases) {
        it(`${of} tells what to write: ${name}`, async () => {
          const { message } = await expectError(code as never, () => call(...args()))
          for (const text of says) expect(message).to.contain(text)
          expect(message).to.match(/\. [A-Z].*\.$/s)
        })
      }
    }
    refuses('registerSessionModel', orm.register, registrations)
    refuses('createSessionModel', orm.create, creations)
    refuses('the backend', (...args) => new orm.Backend(...args), backends)
  })
}

describe('Sequelize of the package sequelize', () => {
  it('is refused with the package that has the right one', async () => {
    const plain = new PlainSequelize({ dialect: 'sqlite', storage: ':memory:', logging: false })
    const { message } = await expectError('REGISTRY_UNKNOWN', () => ofSequelize.register(plain, newModel()))
    expect(message).to.contain('Import Sequelize from sequelize-typescript')
  })
})
