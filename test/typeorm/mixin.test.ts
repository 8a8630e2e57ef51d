import { expect } from 'chai'
import { SessionModel, SessionModelMixin } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { BaseEntity, Column } from 'typeorm'
import { newDataSource } from './support/data-sources.js'
import { expectError } from './support/expect-error.js'
import { managerOf } from './support/manager.js'

describe('TypeORM: SessionModelMixin()', () => {
  it('makes a model without the decorator', async () => {
    class PlainVisit extends SessionModelMixin() {
      @Column({ type: 'integer', nullable: true }) userId!: number | null
    }
    const dataSource = newDataSource()
    const Sessions = registerSessionModel(dataSource, PlainVisit)
    await dataSource.initialize()
    await managerOf(Sessions).set('an id', { userId: 1 })
    const row = await dataSource.getRepository(Sessions).findOneByOrFail({ userId: 1 })
    expect(row).to.include({ expired: false, active: true, version: 1 })
    expect(dataSource.getMetadata(Sessions).tableName).to.equal('plain_visit')
  })

  it('takes options from the decorator', async () => {
    @SessionModel({ tableName: 'visits', columns: { id: 'sid', version: false } })
    class Visit extends SessionModelMixin() {}
    const dataSource = newDataSource()
    const Sessions = registerSessionModel(dataSource, Visit)
    await dataSource.initialize()
    const metadata = dataSource.getMetadata(Sessions)
    expect(metadata.tableName).to.equal('visits')
    expect(metadata.columns.map((column) => column.databaseName)).to.have.members([
      'sid',
      'data',
      'expires',
      'createdAt',
    ])
  })

  it('extends BaseEntity', async () => {
    class ActiveVisit extends SessionModelMixin(BaseEntity) {
      @Column({ type: 'integer', nullable: true }) userId!: number | null
      get minutesLeft(): number {
        return this.expired ? 0 : Math.ceil((this.expires.getTime() - Date.now()) / 60_000)
      }
    }
    const dataSource = newDataSource()
    const Sessions = registerSessionModel(dataSource, ActiveVisit)
    await dataSource.initialize()
    await managerOf(Sessions, { maxAge: '5m' }).set('an id', { userId: 1 })
    const row = await Sessions.findOneByOrFail({ userId: 1 })
    expect(row.minutesLeft).to.equal(5)
    await row.remove()
    expect(await Sessions.count()).to.equal(0)
  })

  it('makes two models that know nothing of each other', async () => {
    class OneVisit extends SessionModelMixin() {}
    class OtherVisit extends SessionModelMixin() {}
    const dataSource = newDataSource()
    const One = registerSessionModel(dataSource, OneVisit)
    expectError('MODEL_NOT_REGISTERED', () => OtherVisit.expired)
    const Other = registerSessionModel(dataSource, OtherVisit)
    await dataSource.initialize()
    await managerOf(One).set('an id', {})
    expect(await dataSource.getRepository(Other).countBy(Other.active)).to.equal(0)
    expect(await dataSource.getRepository(One).countBy(One.active)).to.equal(1)
  })
})
