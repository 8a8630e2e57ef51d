import { expect } from 'chai'
import { SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import {
  AfterLoad,
  Column,
  type DataSource,
  type DataSourceOptions,
  Entity,
  JoinColumn,
  type Logger,
  ManyToOne,
  PrimaryGeneratedColumn,
} from 'typeorm'
import { lifeOf } from '../support/life.js'
import type { TypeOrmDatabase } from '../support/typeorm-rows.js'
import { databases, newDataSource, tableName } from './support/data-sources.js'
import { SnakeCase } from './support/snake-case.js'

type Kind = 'sqlite' | 'postgres' | 'mariadb'

/** Something of the application that could change session statements. */
interface Setting {
  readonly options?: Readonly<Record<string, unknown>>
  /** Where it matters. Default: everywhere. */
  readonly on?: Kind
  /** Changes the entity, before it is a session model. */
  readonly decorate?: (entity: new () => object) => void
  /** Changes the data source when sessions have been used already. */
  readonly late?: (dataSource: DataSource) => unknown
}

const nothing = (): void => {}
const quiet: Logger = {
  logQuery: nothing,
  logQueryError: nothing,
  logQuerySlow: nothing,
  logSchemaBuild: nothing,
  logMigration: nothing,
  log: nothing,
}
const fail = (): never => {
  throw new Error('The log is full.')
}
const full: Logger = {
  logQuery: fail,
  logQueryError: fail,
  logQuerySlow: fail,
  logSchemaBuild: fail,
  logMigration: fail,
  log: fail,
}
const listener = (entity: new () => object): void => {
  Object.defineProperty(entity.prototype, 'loaded', { value: nothing })
  AfterLoad()(entity.prototype, 'loaded')
}

const both =
  (...decorators: readonly NonNullable<Setting['decorate']>[]) =>
  (entity: new () => object): void => {
    for (const decorate of decorators) decorate(entity)
  }

class Owner {
  id!: number
}
Entity(tableName('settings_owner'))(Owner)
PrimaryGeneratedColumn()(Owner.prototype, 'id')

const ownedBy =
  (options: object) =>
  (entity: new () => object): void => {
    ManyToOne(() => Owner, { nullable: true, ...options })(entity.prototype, 'owner')
    JoinColumn({ name: 'ownerId' })(entity.prototype, 'owner')
  }

const cache = { type: 'database', alwaysEnabled: true, duration: 60_000, tableName: tableName('settings_cache') }
class Cache {
  static readonly kept = new Map<string, object>()
  connect = async (): Promise<void> => {}
  disconnect = this.connect
  synchronize = this.connect
  clear = this.connect
  remove = this.connect
  isExpired = (): boolean => false
  getFromCache = async ({ query }: { query: string }): Promise<object | undefined> => Cache.kept.get(query)
  storeInCache = async (result: { query: string }): Promise<void> => void Cache.kept.set(result.query, result)
}

const settings: Readonly<Record<string, Setting>> = {
  'cache, always': { options: { cache } },
  'cache, always, and a listener': { options: { cache }, decorate: listener },
  'cache by a provider, always, and a listener': {
    options: { cache: { provider: () => new Cache(), alwaysEnabled: true } },
    decorate: listener,
  },
  isolateWhereStatements: { options: { isolateWhereStatements: true } },
  'invalidWhereValuesBehavior: throw': {
    options: { invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' } },
  },
  'invalidWhereValuesBehavior: ignore': {
    options: { invalidWhereValuesBehavior: { null: 'ignore', undefined: 'ignore' } },
  },
  'invalidWhereValuesBehavior: sql-null': { options: { invalidWhereValuesBehavior: { null: 'sql-null' } } },
  'relationLoadStrategy: query, and an eager relation': {
    options: { relationLoadStrategy: 'query', entities: [Owner] },
    decorate: ownedBy({ eager: true }),
  },
  'an eager relation': { options: { entities: [Owner] }, decorate: ownedBy({ eager: true }) },
  'a lazy relation': { options: { entities: [Owner] }, decorate: ownedBy({ lazy: true }) },
  'an eager relation, and a listener': {
    options: { entities: [Owner] },
    decorate: both(ownedBy({ eager: true }), listener),
  },
  entitySkipConstructor: { options: { entitySkipConstructor: true } },
  entityPrefix: { options: { entityPrefix: 'app_' } },
  namingStrategy: { options: { namingStrategy: new SnakeCase() } },
  maxQueryExecutionTime: { options: { maxQueryExecutionTime: -1, logging: true, logger: quiet } },
  isolationLevel: { options: { isolationLevel: 'SERIALIZABLE' } },
  'logging off': { options: { logging: false } },
  orderBy: { decorate: (entity) => Entity({ orderBy: { label: 'DESC' } })(entity) },
  'orderBy, and a listener': {
    decorate: both(Entity({ orderBy: { label: 'DESC' } }), listener),
  },
  'select: false': {
    decorate: (entity) =>
      Column({ type: 'varchar', length: 50, nullable: true, select: false })(entity.prototype, 'label'),
  },
  'a logger that throws': { late: (dataSource) => dataSource.setOptions({ logger: full, logging: true }) },
  'a logger that throws, and slow statements': {
    options: { maxQueryExecutionTime: -1, logging: true, logger: quiet },
    late: (dataSource) => Object.assign(dataSource, { logger: full }),
  },
  'a logger that rejects': {
    late: (dataSource) => Object.assign(dataSource, { logger: { ...quiet, logQuery: async () => fail() } }),
  },
  'a subscriber that comes late': { late: ({ subscribers }) => subscribers.push({ afterLoad: nothing }) },
  'a cache that comes late, and a listener': {
    options: { cache: { ...cache, alwaysEnabled: false } },
    decorate: listener,
    late: (dataSource) => Object.assign(dataSource, { options: { ...dataSource.options, cache } }),
  },
  'initialized again': { late: (dataSource) => initializeAgain(dataSource, {}) },
  'initialized again, with other names': {
    late: (dataSource) => initializeAgain(dataSource, { entityPrefix: 'other_', namingStrategy: new SnakeCase() }),
  },
  poolSize: { options: { poolSize: 2 } },
  parseInt8: { on: 'postgres', options: { parseInt8: true } },
  useUTC: { on: 'postgres', options: { useUTC: true } },
  'applicationName, poolErrorHandler, uuidExtension': {
    on: 'postgres',
    options: { applicationName: 'app', poolErrorHandler: nothing, uuidExtension: 'pgcrypto', installExtensions: false },
  },
  schema: { on: 'postgres', options: { schema: 'public' } },
  'extra of pg': { on: 'postgres', options: { extra: { max: 2, options: '-c TimeZone=Asia/Tokyo' } } },
  'supportBigNumbers, bigNumberStrings': {
    on: 'mariadb',
    options: { supportBigNumbers: true, bigNumberStrings: true },
  },
  'supportBigNumbers: false': { on: 'mariadb', options: { supportBigNumbers: false } },
  dateStrings: { on: 'mariadb', options: { dateStrings: true } },
  timezone: { on: 'mariadb', options: { timezone: '+09:00' } },
  'multipleStatements, legacySpatialSupport: false': {
    on: 'mariadb',
    options: { multipleStatements: true, legacySpatialSupport: false },
  },
  enableQueryTimeout: { on: 'mariadb', options: { enableQueryTimeout: true, maxQueryExecutionTime: 20_000 } },
  typeCast: {
    on: 'mariadb',
    options: { extra: { typeCast: (field: { string(): string | null }) => field.string() } },
  },
  'stringifyObjects, namedPlaceholders, decimalNumbers': {
    on: 'mariadb',
    options: { extra: { stringifyObjects: true, namedPlaceholders: true, decimalNumbers: true } },
  },
  '-FOUND_ROWS': { on: 'mariadb', options: { flags: ['-FOUND_ROWS'] } },
  'extra -FOUND_ROWS': { on: 'mariadb', options: { extra: { flags: ['-FOUND_ROWS'] } } },
  enableWAL: { on: 'sqlite', options: { enableWAL: true } },
  statementCacheSize: { on: 'sqlite', options: { statementCacheSize: 1 } },
  'safe integers': {
    on: 'sqlite',
    options: {
      prepareDatabase: (db: { defaultSafeIntegers?: (safe: boolean) => void }) => db.defaultSafeIntegers?.(true),
    },
  },
}

/** A driver that is told to gives texts, which the columns of the application then have. */
function numbers(life: unknown): unknown {
  return JSON.parse(JSON.stringify(life).replace(/(\\?)"(\d+)\1"/g, '$2'))
}

let count = 0

async function initializeAgain(dataSource: DataSource, options: object): Promise<void> {
  await dropAll(dataSource)
  await dataSource.destroy()
  dataSource.setOptions(options)
  await openWithNewTables(dataSource)
}

async function openWithNewTables(dataSource: DataSource): Promise<void> {
  dataSource.setOptions({ synchronize: false })
  await dataSource.initialize()
  await dropAll(dataSource)
  await dataSource.synchronize()
}

async function dropAll(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner()
  for (const { tablePath } of dataSource.entityMetadatas.toReversed()) await runner.dropTable(tablePath, true, true)
  await runner.dropTable(cache.tableName, true)
  await runner.release()
}

async function lifeWith(database: TypeOrmDatabase, { options, decorate, late }: Setting): Promise<unknown> {
  class WebSession {
    userId!: number | null
    label!: string | null
    level!: number | null
  }
  Column({ type: 'integer', nullable: true })(WebSession.prototype, 'userId')
  Column({ type: 'varchar', length: 50, nullable: true })(WebSession.prototype, 'label')
  Column({ type: 'integer', nullable: true, default: 3 })(WebSession.prototype, 'level')
  Column({ type: 'integer', nullable: true })(WebSession.prototype, 'ownerId')
  decorate?.(WebSession)
  SessionModel({ tableName: tableName(`settings_${++count}`) })(WebSession)
  const dataSource = newDataSource(database, options as Partial<DataSourceOptions>)
  const Sessions = registerSessionModel(dataSource, WebSession)
  await openWithNewTables(dataSource)
  try {
    const backend = Sessions[sessionBackend]()
    const life = await lifeOf(backend)
    if (!late) return life
    await late(dataSource)
    return await lifeOf(backend)
  } finally {
    await dropAll(dataSource)
  }
}

for (const database of databases) {
  const kind: Kind = database.server ?? 'sqlite'
  describe(`TypeORM: settings of the application (${database.name})`, () => {
    let usual: unknown
    before(async () => {
      usual = await lifeWith(database, {})
    })

    for (const [name, setting] of Object.entries(settings)) {
      if (setting.on && setting.on !== kind) continue
      it(name, async () => {
        expect(numbers(await lifeWith(database, setting))).to.deep.equal(usual)
      })
    }
  })
}
