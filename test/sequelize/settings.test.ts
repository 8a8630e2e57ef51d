import { expect } from 'chai'
import { type SessionBackend, SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { it } from 'mocha'
import { type Model as AnyModel, type ModelStatic, QueryTypes, Transaction } from 'sequelize'
import { Column, DataType, Model, Sequelize, type SequelizeOptions, Table } from 'sequelize-typescript'
import { type LifeColumns, lifeOf } from '../support/life.js'
import type { SequelizeDatabase } from '../support/sequelize-rows.js'
import { describeEach } from './support/databases.js'

type Dialect = 'sqlite' | 'postgres' | 'mariadb' | 'mysql'
type ModelClass = ModelStatic<AnyModel>
type Options = Record<string, unknown>

/** Something of the application that could change session statements. */
interface Setting {
  readonly options?: Readonly<Record<string, unknown>>
  /** Where it matters. Default: everywhere. */
  readonly on?: readonly Dialect[]
  /** Changes the instance and the model before sessions are used. */
  readonly early?: (model: ModelClass, sequelize: Sequelize) => unknown
  /** Changes them when sessions have been used already. */
  readonly late?: Setting['early']
}

const all = ['beforeFind', 'beforeCreate', 'beforeBulkDestroy', 'beforeBulkUpdate', 'beforeFindAfterOptions'] as const

/** Hooks that set options of every call, on the model or on the instance. */
const hook =
  (change: (options: Options) => void, on: 'model' | 'instance' = 'model') =>
  (model: ModelClass, sequelize: Sequelize): void => {
    const target = (on === 'model' ? model : sequelize) as { addHook(name: string, hook: unknown): void }
    for (const name of all) target.addHook(name, (...args: Options[]) => change(args.at(-1) as Options))
  }
const set = (options: Options, on?: 'model' | 'instance') => hook((given) => Object.assign(given, options), on)

/** A static method of the model's own, which calls that of Sequelize with more options. */
const overridden =
  (name: string, place: number, more: object) =>
  (model: ModelClass): void => {
    const inherited = Reflect.get(model, name) as (...args: Options[]) => unknown
    function own(this: ModelClass, ...args: Options[]): unknown {
      args[place] = { ...args[place], ...more }
      return inherited.apply(this, args)
    }
    Object.defineProperty(model, name, { value: own, configurable: true, writable: true })
  }

const fail = (): never => {
  throw new Error('The log is full.')
}
const nothing = (): void => {}
const servers: readonly Dialect[] = ['postgres', 'mariadb', 'mysql']
const mysql: readonly Dialect[] = ['mariadb', 'mysql']

const settings: Readonly<Record<string, Setting>> = {
  'query: raw': { options: { query: { raw: true } } },
  'query: raw, and a hook': { options: { query: { raw: true } }, early: hook(nothing) },
  'query: nest': { late: (_, sequelize) => setOptions(sequelize, { query: { nest: true, raw: true } }) },
  'query: mapToModel': { options: { query: { mapToModel: true } } },
  'query: fieldMap': { options: { query: { fieldMap: { id: 'data', data: 'id' } } } },
  'query: type': { options: { query: { type: QueryTypes.SELECT } }, on: ['postgres'] },
  'query: plain': { late: (_, sequelize) => setOptions(sequelize, { query: { plain: true } }) },
  'query: everything, late': {
    late: (_, sequelize) =>
      setOptions(sequelize, {
        query: { raw: true, plain: true, nest: true, hasJoin: true, bind: [1], useMaster: false, retry: { max: 3 } },
      }),
  },
  'logging that throws': { late: (_, sequelize) => setOptions(sequelize, { logging: fail }) },
  'logging that throws, with benchmark': {
    late: (_, sequelize) => setOptions(sequelize, { logging: fail, benchmark: true }),
  },
  'query: logging that throws': { late: (_, sequelize) => setOptions(sequelize, { query: { logging: fail } }) },
  'logging that rejects': { late: (_, sequelize) => setOptions(sequelize, { logging: async () => fail() }) },
  'benchmark, logQueryParameters': { options: { benchmark: true, logQueryParameters: true, logging: nothing } },
  retry: { options: { retry: { max: 5, match: [/./] } } },
  'isolationLevel, transactionType': {
    options: {
      isolationLevel: Transaction.ISOLATION_LEVELS.SERIALIZABLE,
      transactionType: Transaction.TYPES.EXCLUSIVE,
    },
  },
  disableClsTransactions: { options: { disableClsTransactions: true } },
  typeValidation: { options: { typeValidation: true } },
  noTypeValidation: { options: { noTypeValidation: true } },
  omitNull: { options: { omitNull: true } },
  'quoteIdentifiers: false': { options: { quoteIdentifiers: false } },
  minifyAliases: { options: { minifyAliases: true } },
  'standardConformingStrings: false': { options: { standardConformingStrings: false }, on: ['postgres'] },
  clientMinMessages: {
    options: { clientMinMessages: 'notice', dialectOptions: { clientMinMessages: 'notice' } },
    on: ['postgres'],
  },
  attributeBehavior: { options: { attributeBehavior: 'unsafe-legacy' } },
  keepDefaultTimezone: { options: { keepDefaultTimezone: true }, on: servers },
  timezone: { options: { timezone: '+09:00' }, on: servers },
  schema: { options: { schema: 'public' }, on: ['postgres'] },
  searchPath: { options: { searchPath: 'public' }, on: ['postgres'] },
  prependSearchPath: {
    options: { searchPath: 'public', dialectOptions: { prependSearchPath: true } },
    on: ['postgres'],
  },
  dateStrings: { options: { dialectOptions: { dateStrings: true } }, on: mysql },
  bigNumberStrings: { options: { dialectOptions: { supportBigNumbers: true, bigNumberStrings: true } }, on: mysql },
  'supportBigNumbers: false': { options: { dialectOptions: { supportBigNumbers: false } }, on: mysql },
  'decimalNumbers, multipleStatements, stringifyObjects': {
    options: { dialectOptions: { decimalNumbers: true, multipleStatements: true, stringifyObjects: true } },
    on: ['mysql'],
  },
  typeCast: {
    options: { dialectOptions: { typeCast: (field: { string(): string | null }) => field.string() } },
    on: mysql,
  },
  foundRows: { options: { dialectOptions: { foundRows: true } }, on: ['mariadb'] },
  'define: scopes': { options: { define: { defaultScope: { where: { userId: 1 }, limit: 1, raw: true } } } },
  'define: hooks': {
    options: { define: { hooks: { beforeFind: (options: Options) => void Object.assign(options, { raw: true }) } } },
  },
  'hooks: raw': {
    options: { hooks: { beforeFind: (options: Options) => void Object.assign(options, { raw: true }) } },
  },
  'hooks that set raw, plain and nest': { early: set({ raw: true, plain: true, nest: true }) },
  'hooks of the instance that set raw': { early: set({ raw: true }, 'instance') },
  'hooks that set a limit and an order': { early: set({ limit: 1, offset: 1, order: [['userId', 'DESC']] }) },
  'hooks that set attributes': {
    early: (model) => model.addHook('beforeFind', (options) => void Object.assign(options, { attributes: ['id'] })),
  },
  'hooks that set a transaction': {
    early: async (model, sequelize) => {
      const transaction = await sequelize.transaction()
      await transaction.rollback()
      set({ transaction })(model, sequelize)
    },
  },
  'hooks that set ignoreDuplicates, returning and paranoid': {
    early: set({ ignoreDuplicates: true, returning: true, paranoid: false }),
  },
  'hooks that set fields': { early: set({ fields: ['id', 'expires', 'version'] }) },
  'a default scope that comes late': {
    late: (model) => model.addScope('defaultScope', { where: { userId: 1 }, limit: 1 }, { override: true }),
  },
  'hooks that ask for individual hooks': { early: set({ individualHooks: true }) },
  'hooks that come late': { late: set({ raw: true, limit: 1 }) },
  'hooks of the instance that come late': { late: set({ raw: true, limit: 1 }, 'instance') },
  'hooks of queries': {
    late: (_, sequelize) => sequelize.addHook('beforeQuery' as never, nothing as never),
  },
  'a findAll of its own': { early: overridden('findAll', 0, { raw: true }) },
  'a findAll of its own that comes late': { late: overridden('findAll', 0, { raw: true, nest: true }) },
  'a create of its own': { early: overridden('create', 1, { logging: false }) },
  'an update of its own': { early: overridden('update', 1, { sideEffects: false }) },
  'a destroy of its own': { early: overridden('destroy', 0, { hooks: false }) },
  'a build of its own': { early: overridden('build', 1, { silent: true }) },
  'columns that change late': {
    late: (model) => Reflect.apply(Reflect.get(model, 'refreshAttributes') as () => void, model, []),
  },
  'an association that comes late': {
    late: (model, sequelize) => {
      const Other = sequelize.define('settings_other', {})
      Other.hasMany(model, { foreignKey: 'userId', constraints: false, hooks: true })
    },
  },
}

function setOptions(sequelize: Sequelize, options: object): void {
  Object.assign((sequelize as unknown as { options: object }).options, options)
}

let count = 0

async function lifeWith(database: SequelizeDatabase, { options, early, late }: Setting): Promise<unknown> {
  class WebSession extends Model {}
  Column(DataType.INTEGER)(WebSession.prototype, 'userId')
  Column(DataType.STRING(50))(WebSession.prototype, 'label')
  Column({ type: DataType.INTEGER, defaultValue: 3 })(WebSession.prototype, 'level')
  Table({ timestamps: false, modelName: `SettingsSession${++count}` })(WebSession)
  SessionModel({ tableName: `sequelize_settings_${count}` })(WebSession)
  const sequelize = new Sequelize({
    ...database.connection({}),
    logging: false,
    pool: { max: 3 },
    ...(options as SequelizeOptions),
  })
  try {
    const Sessions = registerSessionModel(sequelize, WebSession)
    await Sessions.sync({ force: true })
    await early?.(WebSession, sequelize)
    const backend = Sessions[sessionBackend]() as SessionBackend<LifeColumns>
    const life = await lifeOf(backend)
    if (!late) return life
    await late(WebSession, sequelize)
    return await lifeOf(backend)
  } finally {
    setOptions(sequelize, { query: {}, logging: false })
    await WebSession.drop()
    await sequelize.close()
  }
}

/** A driver that is told to gives texts, which the columns of the application then have. */
function numbers(life: unknown): unknown {
  return JSON.parse(JSON.stringify(life).replace(/(\\?)"(\d+)\1"/g, '$2'))
}

describeEach('settings of the application', (_, database) => {
  const dialect = database.connection({}).dialect as Dialect
  let usual: unknown
  before(async () => {
    usual = await lifeWith(database, {})
  })

  for (const [name, setting] of Object.entries(settings)) {
    if (setting.on && !setting.on.includes(dialect)) continue
    it(name, async () => {
      expect(numbers(await lifeWith(database, setting))).to.deep.equal(usual)
    })
  }
})
