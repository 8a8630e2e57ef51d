import { expect } from 'chai'
import { SessionManager, SessionModel } from 'koa-session-model'
import { registerSessionModel as onSequelize } from 'koa-session-model/sequelize'
import { registerSessionModel as onTypeOrm } from 'koa-session-model/typeorm'
import { Column as Attribute, DataType, Model, Sequelize } from 'sequelize-typescript'
import { Column, DataSource } from 'typeorm'
import { expectError } from '../support/errors.js'

const dataSource = () => new DataSource({ type: 'better-sqlite3', database: ':memory:' })
const sequelize = () => new Sequelize({ dialect: 'sqlite', storage: ':memory:', logging: false })

describe('rules that hold for both ORMs', () => {
  for (const name of ['expired', 'active', 'save', 'id'] as const) {
    const code = name === 'id' ? 'COLUMN_TYPE' : 'COLUMN_RESERVED'
    it(`a custom column cannot be called ${name}`, async () => {
      @SessionModel()
      class Entity {}
      Column({ type: 'integer', nullable: true })(Entity.prototype, name)
      await expectError(code, () => onTypeOrm(dataSource(), Entity))
      @SessionModel()
      class TestModel extends Model {}
      Attribute(DataType.INTEGER)(TestModel.prototype, name)
      await expectError(code, () => onSequelize(sequelize(), TestModel))
    })
  }

  it('data is text or bytes, and a version is a whole number', async () => {
    for (const [columns, attributes] of [
      [{ data: { type: 'integer' } }, { data: { type: DataType.INTEGER } }],
      [{ version: { type: 'varchar' } }, { version: { type: DataType.STRING } }],
    ] as const) {
      @SessionModel({ columns })
      class Entity {}
      await expectError('COLUMN_TYPE', () => onTypeOrm(dataSource(), Entity))
      @SessionModel({ columns: attributes })
      class TestModel extends Model {}
      await expectError('COLUMN_TYPE', () => onSequelize(sequelize(), TestModel))
    }
  })

  it('a subclass is a model of its own: registering its superclass is not enough', async () => {
    @SessionModel()
    class Entity {}
    const Sessions = onTypeOrm(dataSource(), Entity)
    class Sub extends Sessions {}
    await expectError('MODEL_NOT_REGISTERED', () => new SessionManager({ model: Sub, cleanup: false }))
    @SessionModel()
    class TestModel extends Model {}
    const Models = onSequelize(sequelize(), TestModel)
    class SubModel extends Models {}
    await expectError('MODEL_NOT_REGISTERED', () => new SessionManager({ model: SubModel, cleanup: false }))
  })

  it('a subclass without a table of its own cannot be registered beside its superclass, in either order', async () => {
    for (const order of [0, 1]) {
      @SessionModel({ tableName: 'shared' })
      class Entity {}
      class SubEntity extends Entity {}
      const entities = order ? [Entity, SubEntity] : [SubEntity, Entity]
      const source = dataSource()
      onTypeOrm(source, entities[0] ?? Entity)
      const error = await expectError('OPTION_INVALID', () => onTypeOrm(source, entities[1] ?? Entity))
      expect(error.message).to.contain("'shared'")
      @SessionModel({ tableName: 'shared' })
      class TestModel extends Model {}
      class SubModel extends TestModel {}
      const models = order ? [TestModel, SubModel] : [SubModel, TestModel]
      const instance = sequelize()
      onSequelize(instance, models[0] ?? TestModel)
      await expectError('OPTION_INVALID', () => onSequelize(instance, models[1] ?? TestModel))
    }
  })

  it('a model that is registered as it is cannot be put onto a base too', async () => {
    @SessionModel()
    class Entity {}
    onTypeOrm(dataSource(), Entity)
    await expectError('MODEL_REGISTERED_ELSEWHERE', () => onTypeOrm(class Base {}, Entity))
    @SessionModel()
    class TestModel extends Model {}
    onSequelize(sequelize(), TestModel)
    await expectError('MODEL_REGISTERED_ELSEWHERE', () => onSequelize(class Base extends Model {}, TestModel))
  })
})
