import { expect } from 'chai'
import { type RegisteredModel, SessionManager, SessionModel } from 'koa-session-model'
import { registerSessionModel as onSequelize } from 'koa-session-model/sequelize'
import { registerSessionModel as onTypeOrm } from 'koa-session-model/typeorm'
import { DataType, Model, Sequelize } from 'sequelize-typescript'
import { DataSource, type EntitySubscriberInterface } from 'typeorm'
import { servers } from '../../support/databases.js'
import { reachable } from '../../support/matrix.js'
import { openSession } from '../../support/open-session.js'

const table = 'expiry_date_strings'
/** Not that of any process that runs the tests. */
const timezones = ['+11:45', '-09:30']
const minute = 60_000

/** Hears of loaded rows, so that TypeORM's own way of loading is taken. */
class Listener implements EntitySubscriberInterface {
  afterLoad(): void {}
}

/** Runs `work` on a model whose driver gives dates as text in a time zone. */
type WithModel = (timezone: string, work: (model: RegisteredModel) => Promise<void>) => Promise<void>

const typeOrm =
  (type: 'datetime' | 'timestamp', subscribers: (new () => EntitySubscriberInterface)[]): WithModel =>
  async (timezone, work) => {
    const date = { type }
    @SessionModel({ tableName: table, columns: { expires: date, createdAt: date } })
    class WebSession {}
    const options = { ...servers.mariadb, timezone, dateStrings: true, subscribers }
    const dataSource = new DataSource({ type: 'mysql', ...options })
    const model = onTypeOrm(dataSource, WebSession)
    await dataSource.initialize()
    await dataSource.synchronize()
    await work(model)
    await dataSource.query(`DROP TABLE ${table}`)
    await dataSource.destroy()
  }

const sequelizeOn =
  (dialect: 'mysql' | 'mariadb'): WithModel =>
  async (timezone, work) => {
    const date = { type: DataType.DATE(3) }
    @SessionModel({ tableName: table, columns: { expires: date, createdAt: date } })
    class WebSession extends Model {}
    const dialectOptions = { dateStrings: true, typeCast: true }
    const sequelize = new Sequelize({ dialect, ...servers.mariadb, timezone, dialectOptions, logging: false })
    const model = onSequelize(sequelize, WebSession)
    await model.sync({ force: true })
    await work(model)
    expect((await model.findOne({ rejectOnEmpty: true })).active).to.equal(true)
    await model.drop()
    await sequelize.close()
  }

const server = 'mariadb' as const
const orms: readonly { readonly name: string; readonly server: 'mariadb'; readonly withModel: WithModel }[] = [
  { name: 'TypeORM, DATETIME', server, withModel: typeOrm('datetime', []) },
  { name: 'TypeORM, TIMESTAMP', server, withModel: typeOrm('timestamp', []) },
  { name: 'TypeORM with a listener', server, withModel: typeOrm('datetime', [Listener]) },
  { name: 'Sequelize, mysql2', server, withModel: sequelizeOn('mysql') },
  { name: 'Sequelize, mariadb', server, withModel: sequelizeOn('mariadb') },
]

for (const { name, withModel } of await reachable(orms)) {
  for (const timezone of timezones) {
    it(`dates that come as text are in the zone of the connection: ${name}, ${timezone}`, () =>
      withModel(timezone, async (model) => {
        const manager = new SessionManager({ model, cleanup: false, maxAge: 30 * minute, absoluteTimeout: '1h' })
        await manager.set('a', { n: 1 })
        const { state } = await openSession(manager, 'a')
        expect(state.expires.getTime()).to.be.closeTo(Date.now() + 30 * minute, minute)
        expect(state.createdAt?.getTime()).to.be.closeTo(Date.now(), minute)
      }))
  }
}
