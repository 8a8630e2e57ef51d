import { expect } from 'chai'
import { createSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { BaseEntity, Column } from 'typeorm'
import { newDataSource, sqlite } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

class OwnBase extends BaseEntity {
  @Column({ type: 'integer', nullable: true }) userId!: number | null
}

describe('TypeORM: createSessionModel()', () => {
  it('makes a model for a data source before initialize()', async () => {
    const dataSource = newDataSource()
    const Sessions = createSessionModel(dataSource, 'web_sessions')
    await dataSource.initialize()
    await managerOf(Sessions).set('an id', { cart: [] })
    expect(await dataSource.getRepository(Sessions).countBy(Sessions.active)).to.equal(1)
    expect(dataSource.getMetadata(Sessions).tableName).to.equal('web_sessions')
  })

  it('makes a model for a data source after initialize()', async () => {
    const dataSource = await newDataSource().initialize()
    const Sessions = createSessionModel(dataSource)
    await managerOf(Sessions).set('an id', { cart: [] })
    expect(await managerOf(Sessions).get('an id')).to.deep.equal({ cart: [] })
    expect(dataSource.getMetadata(Sessions).tableName).to.equal('session')
  })

  it('makes several models for one data source', async () => {
    const dataSource = newDataSource()
    const One = createSessionModel(dataSource, 'one')
    const Other = createSessionModel(dataSource, 'other')
    await dataSource.initialize()
    await managerOf(One).set('an id', { one: 1 })
    expect(await managerOf(Other).get('an id')).to.equal(undefined)
  })

  it('makes a model on a base that has a data source', async () => {
    class Base extends OwnBase {}
    const dataSource = newDataSource()
    Base.useDataSource(dataSource)
    const Sessions = createSessionModel(Base)
    await dataSource.initialize()
    await managerOf(Sessions).set('an id', { userId: 6 })
    expect(await Sessions.findOneByOrFail({ userId: 6 })).to.be.instanceOf(Base)
  })

  it('makes a model on a base that gets its data source later', async () => {
    const Sessions = createSessionModel(OwnBase, 'own_sessions')
    const dataSource = await newDataSource(sqlite, { entities: [Sessions] }).initialize()
    await managerOf(Sessions).set('an id', { userId: 6 })
    expect(await Sessions.countBy({ userId: 6, ...Sessions.active })).to.equal(1)
    expect(dataSource.getMetadata(Sessions).tableName).to.equal('own_sessions')
  })
})
