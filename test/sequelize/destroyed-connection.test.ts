import { expect } from 'chai'
import { SessionManager, SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { QueryTypes } from 'sequelize'
import { Model, Sequelize } from 'sequelize-typescript'
import { isReachable, servers } from '../support/databases.js'
import { expectError } from '../support/errors.js'

describe('a connection of the driver mariadb that is given up', () => {
  it('sends no KILL with its number, which a proxy may lead to another server', async function () {
    if (!(await isReachable('mariadb'))) return this.skip()
    @SessionModel({ tableName: 'given_up' })
    class GivenUp extends Model {}
    const sequelize = new Sequelize({ dialect: 'mariadb', ...servers.mariadb, logging: false })
    const model = registerSessionModel(sequelize, GivenUp)
    await model.sync({ force: true })
    const manager = new SessionManager({ model, cleanup: false, timeout: 300 })
    await manager.set('a', {})
    const transaction = await sequelize.transaction()
    await sequelize.query('UPDATE given_up SET data = data', { transaction })
    await expectError('BACKEND_TIMEOUT', () => manager.set('a', { x: 1 }))
    const waiting = "SELECT id FROM information_schema.processlist WHERE info LIKE 'UPDATE%given_up%'"
    expect(await sequelize.query(waiting, { type: QueryTypes.SELECT })).to.have.length(1)
    await transaction.rollback()
    await model.drop()
    await sequelize.close()
  })
})
