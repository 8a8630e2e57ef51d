import { expect } from 'chai'
import { type SessionErrorCode, SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Model as PlainModel, Sequelize as PlainSequelize } from 'sequelize'
import { AllowNull, Column, DataType, Model, Sequelize } from 'sequelize-typescript'
import { DataSource } from 'typeorm'
import { expectError } from '../support/errors.js'
import { describeSqlite } from './support/databases.js'

describeSqlite('registration refuses', (open) => {
  async function refuse(code: SessionErrorCode, model: typeof Model, message: string | RegExp) {
    const sequelize = open()
    const error = await expectError(code, () => registerSessionModel(sequelize, model as never))
    expect(error.message).to.match(new RegExp(message))
    expect(sequelize.modelManager.models).to.have.lengthOf(0)
  }

  it('a class without a decorator', async () => {
    class Undecorated extends Model {}
    await refuse('MODEL_NOT_DECORATED', Undecorated, 'Undecorated.*@SessionModel')
    await expectError('MODEL_NOT_DECORATED', () => registerSessionModel(Model, class {}))
    await expectError('MODEL_NOT_DECORATED', () => registerSessionModel(open(), undefined as never))
  })

  it('what is neither a Sequelize instance of sequelize-typescript nor a base', async () => {
    @SessionModel()
    class WebSession extends Model {}
    const plain = new PlainSequelize({ dialect: 'sqlite', storage: ':memory:', logging: false })
    const dataSource = new DataSource({ type: 'postgres' })
    for (const registry of [undefined, null, {}, 'sequelize', plain, dataSource, Sequelize, PlainModel, class {}]) {
      const error = await expectError('REGISTRY_UNKNOWN', () => registerSessionModel(registry as never, WebSession))
      expect(error.message).to.contain('koa-session-model/typeorm')
    }
  })

  it('a model that is no Model, in an instance', async () => {
    @SessionModel()
    class Plain {}
    @SessionModel()
    class Other extends PlainModel {}
    await refuse('MODEL_CLASS', Plain as never, 'Plain does not extend Model')
    await refuse('MODEL_CLASS', Other as never, 'Other does not extend Model')
  })

  it('two columns of one name', async () => {
    @SessionModel()
    class Twice extends Model {
      @Column({ type: DataType.STRING, field: 'who' }) declare userId: string | null
      @Column({ type: DataType.STRING, field: 'who' }) declare userName: string | null
    }
    @SessionModel({ columns: { id: 'sid' } })
    class Taken extends Model {
      @Column({ type: DataType.STRING(100), primaryKey: true }) declare id: string
    }
    await refuse('COLUMN_DUPLICATE', Twice, "'who'")
    await refuse('COLUMN_DUPLICATE', Taken, "'sid'")
  })

  it('a column that a new session has no value for', async () => {
    @SessionModel()
    class Required extends Model {
      @AllowNull(false) @Column(DataType.INTEGER) declare userId: number
    }
    @SessionModel()
    class Keyed extends Model {
      @Column({ type: DataType.UUID, primaryKey: true }) declare key: string
    }
    @SessionModel()
    class Several extends Model {
      @AllowNull(false) @Column(DataType.INTEGER) declare userId: number
      @AllowNull(true) @Column(DataType.INTEGER) declare note: number | null
      @AllowNull(false) @Column(DataType.STRING) declare tenant: string
      @AllowNull(false) @Column(DataType.STRING) declare region: string
    }
    await refuse('COLUMN_REQUIRED', Several, "The columns 'userId', 'tenant' and 'region' are neither nullable")
    await refuse('COLUMN_REQUIRED', Required, "'userId'.*nullable")
    await refuse('COLUMN_REQUIRED', Keyed, "'key'")
  })

  it("a column with the name of a session's member", async () => {
    for (const name of ['save', 'reload', 'destroy', 'update', 'touch', 'regenerate', 'isNew', 'toJSON']) {
      @SessionModel()
      class Reserved extends Model {}
      Column(DataType.INTEGER)(Reserved.prototype, name)
      await refuse('COLUMN_RESERVED', Reserved, `'${name}'`)
    }
  })

  it('an id column that cannot hold ids', async () => {
    for (const [code, type, message] of [
      ['ID_TOO_LONG', DataType.STRING(10), '10 characters'],
      ['COLUMN_TYPE', DataType.INTEGER, 'INTEGER'],
      ['COLUMN_TYPE', DataType.UUID, 'UUID'],
    ] as const) {
      @SessionModel()
      class WebSession extends Model {}
      Column({ type, primaryKey: true })(WebSession.prototype, 'id')
      await refuse(code, WebSession, message)
    }
    @SessionModel()
    class Numbered extends Model {
      @Column({ type: DataType.INTEGER, primaryKey: true, autoIncrement: true }) declare id: number
    }
    await refuse('COLUMN_TYPE', Numbered, "columns: { id: 'session_id' }")
    @SessionModel({ columns: { id: { length: 10 } } })
    class Short extends Model {}
    await refuse('ID_TOO_LONG', Short, '10 characters')
  })

  it('a date column that cannot hold a moment', async () => {
    for (const type of [DataType.INTEGER, DataType.STRING, DataType.DATEONLY, DataType.TEXT]) {
      @SessionModel({ columns: { expires: { type } } })
      class Retyped extends Model {}
      @SessionModel({ columns: { createdAt: { type } } })
      class Created extends Model {}
      @SessionModel()
      class Declared extends Model {}
      Column(type)(Declared.prototype, 'expires')
      await refuse('COLUMN_TYPE', Retyped, "'expires'")
      await refuse('COLUMN_TYPE', Created, "'createdAt'")
      await refuse('COLUMN_TYPE', Declared, "'expires'")
    }
  })

  it('a class field that hides a column', async () => {
    @SessionModel()
    class Shadowed extends Model {
      @Column(DataType.INTEGER) userId!: number | null
    }
    @SessionModel()
    class Managed extends Model {
      data!: string
    }
    @SessionModel()
    class Member extends Model {
      expired!: boolean
    }
    await refuse('COLUMN_SHADOWED', Shadowed, "'declare userId: …'")
    await refuse('COLUMN_SHADOWED', Managed, "'declare data: …'")
    await refuse('COLUMN_SHADOWED', Member, "'declare expired: …'")
  })

  it('the use of a model that is not registered', async () => {
    @SessionModel()
    class Unused extends Model {}
    const { expired } = Object.getOwnPropertyDescriptors(Unused) as Record<string, PropertyDescriptor>
    const error = await expectError('MODEL_NOT_REGISTERED', () => expired?.get?.call(Unused))
    expect(error.message).to.contain('registerSessionModel')
  })
})
