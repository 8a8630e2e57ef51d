import { expect } from 'chai'
import { type SessionErrorCode, SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Model, type Sequelize, Table } from 'sequelize-typescript'
import { expectError } from '../support/errors.js'
import { describeSqlite } from './support/databases.js'
import { managerOf } from './support/manager.js'

/** Everything that registration could leave behind. */
function traces(model: typeof Model) {
  const metadata = (target: object) =>
    Reflect.getOwnMetadataKeys(target).map((key) => [key, Reflect.getOwnMetadata(key, target)])
  return [
    Object.getOwnPropertyDescriptors(model),
    Object.getOwnPropertyDescriptors(model.prototype),
    metadata(model),
    metadata(model.prototype),
  ]
}

describeSqlite('a registration that fails', (open) => {
  async function fail(code: SessionErrorCode, sequelize: Sequelize, model: typeof Model) {
    const [before, models] = [traces(model), [...sequelize.modelManager.models]]
    await expectError(code, () => registerSessionModel(sequelize, model as never))
    expect(traces(model)).to.deep.equal(before)
    expect(sequelize.modelManager.models).to.deep.equal(models)
  }

  it('leaves the model so that it can be corrected and registered', async () => {
    @SessionModel({ tableName: 'sequelize_half_done' })
    class WebSession extends Model {
      @Column({ type: DataType.INTEGER, allowNull: false }) declare userId: number | null
    }
    const sequelize = open()
    await fail('COLUMN_REQUIRED', sequelize, WebSession)
    Column({ type: DataType.INTEGER })(WebSession.prototype, 'userId')
    const Sessions = registerSessionModel(sequelize, WebSession)
    await sequelize.sync()
    await managerOf(Sessions).set('id', { userId: 1 })
    expect(await managerOf(Sessions).get('id')).to.deep.equal({ userId: 1 })
  })

  it('leaves nothing of a model that Sequelize had initialized before it failed', async () => {
    @SessionModel({ tableName: 'sequelize_half_shadowed' })
    class WebSession extends Model {
      @Column(DataType.INTEGER) userId!: number | null
    }
    const sequelize = open()
    await fail('COLUMN_SHADOWED', sequelize, WebSession)
    await sequelize.sync()
    expect(await sequelize.getQueryInterface().showAllTables()).to.deep.equal([])
  })

  it('leaves another model of the same name in its place', async () => {
    function makeUser() {
      @Table({ timestamps: false, tableName: 'sequelize_half_named' })
      class Named extends Model {
        @Column(DataType.STRING) declare name: string
      }
      return Named
    }
    @SessionModel()
    class Named extends Model {
      @Column(DataType.INTEGER) userId!: number | null
    }
    const User = makeUser()
    const sequelize = open({ models: [User] })
    await fail('COLUMN_SHADOWED', sequelize, Named)
    expect(sequelize.model('Named')).to.equal(User)
  })

  it('leaves a model that was in the instance as it was', async () => {
    @Table({ timestamps: false, tableName: 'sequelize_half_listed' })
    @SessionModel()
    class Listed extends Model {
      @Column(DataType.INTEGER) declare save: never
    }
    const sequelize = open({ models: [Listed] })
    await fail('COLUMN_RESERVED', sequelize, Listed)
    await sequelize.sync()
    expect(await Listed.count()).to.equal(0)
  })

  it('on a base leaves the base as it was', async () => {
    @Table({ timestamps: false, tableName: 'sequelize_half_base' })
    class AppModel extends Model {
      @Column({ type: DataType.INTEGER, allowNull: false }) declare tenant: number
    }
    @SessionModel()
    class WebSession {}
    const sequelize = open({ models: [AppModel] })
    const before = traces(AppModel)
    await expectError('COLUMN_REQUIRED', () => registerSessionModel(AppModel, WebSession))
    expect(traces(AppModel)).to.deep.equal(before)
    expect(sequelize.modelManager.models).to.deep.equal([AppModel])
    expect(Reflect.getOwnMetadataKeys(WebSession)).to.deep.equal(['koa-session-model:model'])
  })
})
