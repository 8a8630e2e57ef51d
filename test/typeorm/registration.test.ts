import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column, type DataSourceOptions, Entity } from 'typeorm'
import { dataSourceOf, type Entities, newDataSource, pendingStatements, sqlite } from './support/data-sources.js'
import { expectError } from './support/expect-error.js'
import { managerOf } from './support/manager.js'

function newModel() {
  @SessionModel({ tableName: 'web_sessions' })
  class WebSession {
    @Column({ type: 'integer', nullable: true }) userId!: number | null
  }
  return WebSession
}

describe('TypeORM: registration with a data source', () => {
  it('before initialize() maps the model, and gives back the class itself', async () => {
    const dataSource = newDataSource()
    const model = newModel()
    const Sessions = registerSessionModel(dataSource, model)
    await dataSource.initialize()
    await managerOf(Sessions).set('an id', { userId: 42, cart: [1] })
    expect(Sessions).to.equal(model)
    expect(await managerOf(Sessions).get('an id')).to.deep.equal({ userId: 42, cart: [1] })
    expect(dataSource.getMetadata(Sessions).tableName).to.equal('web_sessions')
  })

  it('again with the same data source changes nothing', async () => {
    const dataSource = newDataSource()
    const model = newModel()
    const Sessions = registerSessionModel(dataSource, model)
    expect(registerSessionModel(dataSource, model)).to.equal(Sessions)
    await dataSource.initialize()
    expect(registerSessionModel(dataSource, model)).to.equal(Sessions)
    expect(dataSource.entityMetadatas).to.have.lengthOf(1)
    expect(dataSource.getMetadata(Sessions).columns).to.have.lengthOf(6)
  })

  it('refuses a model that is registered with another data source', async () => {
    const model = newModel()
    const Sessions = registerSessionModel(newDataSource(), model)
    expectError('MODEL_REGISTERED_ELSEWHERE', () => registerSessionModel(newDataSource(), model))
    expectError('MODEL_REGISTERED_ELSEWHERE', () => registerSessionModel(class Base {}, model))
    expect(Sessions.expired).to.have.property('expires')
  })

  it('lasts when the data source is closed and initialized again', async () => {
    const dataSource = newDataSource()
    const Sessions = registerSessionModel(dataSource, newModel())
    await dataSource.initialize()
    await managerOf(Sessions).set('an id', { userId: 1 })
    await dataSource.destroy()
    await dataSource.initialize()
    await managerOf(Sessions).set('another id', { userId: 2 })
    expect(await managerOf(Sessions).get('another id')).to.deep.equal({ userId: 2 })
  })

  it('accepts an entity that is listed in entities as well', async () => {
    const model = newModel()
    const dataSource = newDataSource(undefined, { entities: [model] })
    const Sessions = registerSessionModel(dataSource, model)
    await dataSource.initialize()
    expect(dataSource.entityMetadatas).to.have.lengthOf(1)
    expect(dataSource.options.entities).to.deep.equal([model])
    await managerOf(Sessions).set('an id', { userId: 1 })
  })

  it("never changes the caller's own options: another data source of the same options knows nothing of the model", async () => {
    const listed: Entities = []
    const connection = sqlite.connection({ table: '' })
    const options = { ...connection, synchronize: true, entities: Object.freeze(listed) } as DataSourceOptions
    Object.freeze(options)
    const [one, other] = [dataSourceOf(options), dataSourceOf(options)]
    const Sessions = registerSessionModel(one, newModel())
    await one.initialize()
    await other.initialize()
    await managerOf(Sessions).set('an id', { userId: 1 })
    expect(options.entities).to.deep.equal([])
    expect(other.entityMetadatas).to.deep.equal([])
    const late = registerSessionModel(other, newModel())
    await managerOf(late).set('an id', { userId: 2 })
    expect(await managerOf(Sessions).get('an id')).to.deep.equal({ userId: 1 })
    expect(options.entities).to.deep.equal([])
  })

  it('leaves setOptions() working: later changes reach the driver too', () => {
    const dataSource = newDataSource()
    registerSessionModel(dataSource, newModel())
    dataSource.setOptions({ synchronize: false, cache: false })
    expect(dataSource.options).to.include({ synchronize: false })
    expect(dataSource.driver.options).to.equal(dataSource.options)
  })

  it('takes the name of the table from @Entity()', async () => {
    @SessionModel()
    @Entity('visits')
    class Visit {}
    const dataSource = newDataSource()
    const Sessions = registerSessionModel(dataSource, Visit)
    await dataSource.initialize()
    expect(dataSource.getMetadata(Sessions).tableName).to.equal('visits')
    expect(await pendingStatements(dataSource)).to.deep.equal([])
  })

  it('takes the other options of @Entity(), and the name of @SessionModel()', async () => {
    @SessionModel({ tableName: 'visits' })
    @Entity({ comment: 'who was here' })
    class Visit {}
    const dataSource = newDataSource()
    const Sessions = registerSessionModel(dataSource, Visit)
    await dataSource.initialize()
    expect(dataSource.getMetadata(Sessions)).to.include({ tableName: 'visits', comment: 'who was here' })
  })

  it('takes the name of the table from the class, as TypeORM does', async () => {
    @SessionModel()
    class BrowserSession {}
    const dataSource = newDataSource()
    const Sessions = registerSessionModel(dataSource, BrowserSession)
    await dataSource.initialize()
    expect(dataSource.getMetadata(Sessions).tableName).to.equal('browser_session')
  })
})
