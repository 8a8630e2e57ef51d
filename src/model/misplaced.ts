import { SessionError } from '../core/errors.js'
import { dataSource, isRegistry, kindOf, sequelize } from '../core/options/kinds.js'
import { shown } from '../core/validation.js'

/** The error for a first argument of `registerSessionModel` that is no registry of this ORM. */
export function unknownRegistry(registry: unknown, orm: 'typeorm' | 'sequelize'): SessionError {
  const wanted =
    orm === 'typeorm'
      ? 'a TypeORM DataSource nor a base class'
      : 'a Sequelize instance of sequelize-typescript nor a base model'
  const got = kindOf(registry) ?? 'an object'
  return new SessionError(
    'REGISTRY_UNKNOWN',
    `The first argument is ${got}: neither ${wanted}. ${cureFor(registry, got, orm)}`,
  )
}

function cureFor(registry: unknown, got: string, orm: 'typeorm' | 'sequelize'): string {
  if (got === dataSource) return 'Import registerSessionModel from koa-session-model/typeorm.'
  if (got === sequelize && orm === 'typeorm') return 'Import registerSessionModel from koa-session-model/sequelize.'
  const ofPlain = 'Import Sequelize from sequelize-typescript, which extends the one of sequelize'
  const other = orm === 'typeorm' ? 'a Sequelize instance' : 'a TypeORM DataSource'
  const path = `koa-session-model/${orm === 'typeorm' ? 'sequelize' : 'typeorm'}`
  const cure = `${got === sequelize ? ofPlain : 'Give one of them'}; for ${other} import registerSessionModel from ${path}.`
  const circle = 'If it is imported, its file and this one may import each other in a circle.'
  return registry === undefined ? `${cure} ${circle}` : cure
}

/** Throws if the second argument of `createSessionModel` is not the name of a table. */
export function assertTableNameGiven(registry: unknown, tableName: unknown): void {
  if (typeof tableName === 'string' && tableName !== '') return
  if (typeof registry === 'string' && isRegistry(tableName)) {
    throw new SessionError(
      'REGISTRY_UNKNOWN',
      `The registry and the name of the table are swapped. Write createSessionModel(registry, ${shown(registry)}).`,
    )
  }
  const got = typeof tableName === 'function' ? `the class ${tableName.name}` : shown(tableName)
  const cure =
    typeof tableName === 'function'
      ? `For a model of your own write registerSessionModel(registry, ${tableName.name}).`
      : "Give a name, such as createSessionModel(registry, 'web_sessions')."
  throw new SessionError('OPTION_INVALID', `The name of the table is ${got}. ${cure}`)
}
