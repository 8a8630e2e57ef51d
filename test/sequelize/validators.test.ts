import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { ValidationError } from 'sequelize'
import { AllowNull, Column, DataType, Default, IsEmail, Length, Model, Table } from 'sequelize-typescript'
import { expectError } from '../support/errors.js'
import { describeSqlite } from './support/databases.js'
import { managerOf } from './support/manager.js'

describeSqlite('validators of the model', (open) => {
  async function store() {
    @Table({
      timestamps: false,
      validate: {
        named(this: { email: string | null; userAgent: string | null }) {
          if (this.userAgent === 'bot' && this.email) throw new Error('bots have no mail')
        },
      },
    })
    @SessionModel({ tableName: 'sequelize_validators' })
    class WebSession extends Model {
      @IsEmail @Column(DataType.STRING) declare email: string | null
      @Length({ max: 5 }) @Column(DataType.STRING) declare userAgent: string | null
      @Default(1) @AllowNull(false) @Column(DataType.INTEGER) declare count: number
    }
    const Sessions = registerSessionModel(open(), WebSession)
    await Sessions.sync({ force: true })
    return { Sessions, manager: managerOf(Sessions) }
  }

  it('refuse a new session with the column and the reason, and store nothing', async () => {
    const { Sessions, manager } = await store()
    const error = await expectError('BACKEND_FAILED', () =>
      manager.set('id', { email: 'nobody', userAgent: 'Firefox' }),
    )
    expect(error.message).to.match(/email: Validation isEmail .*userAgent: Validation len/)
    expect(error.cause).to.be.instanceOf(ValidationError)
    expect(await Sessions.count()).to.equal(0)
  })

  it('refuse a change, and leave the session as it was', async () => {
    const { manager } = await store()
    await manager.set('id', { email: 'a@example.org', cart: 1 })
    const error = await expectError('BACKEND_FAILED', () => manager.set('id', { userAgent: 'Firefox', cart: 2 }))
    expect(error.message).to.contain('userAgent')
    expect(await manager.get('id')).to.include({ email: 'a@example.org', userAgent: null, cart: 1 })
  })

  it('refuse null in a column that must have a value', async () => {
    const { manager } = await store()
    const error = await expectError('BACKEND_FAILED', () => manager.set('id', { count: null as never }))
    expect(error.message).to.contain('count')
  })

  it('of the whole model run too', async () => {
    const { manager } = await store()
    const error = await expectError('BACKEND_FAILED', () => manager.set('id', { email: 'a@b.org', userAgent: 'bot' }))
    expect(error.message).to.contain('bots have no mail')
  })
})
