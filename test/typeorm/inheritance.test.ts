import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column, type DataSource } from 'typeorm'
import { newDataSource, pendingStatements } from './support/data-sources.js'
import { expectError } from './support/expect-error.js'
import { managerOf } from './support/manager.js'

const noon = Date.UTC(2030, 0, 1, 12)

/** A decorated class, and a decorated subclass with other options. */
function newClasses() {
  @SessionModel({ tableName: 'web_sessions', now: () => noon })
  class WebSession {
    @Column({ type: 'integer', nullable: true }) userId!: number | null
  }
  @SessionModel({ tableName: 'api_sessions', columns: { id: 'token', expires: 'until' }, now: () => noon + 3_600_000 })
  class ApiSession extends WebSession {
    @Column({ type: 'varchar', length: 20, nullable: true }) scope!: string | null
  }
  return { WebSession, ApiSession }
}

function columnNames(dataSource: DataSource, model: new () => object): string[] {
  const { columns } = dataSource.getMetadata(model)
  return columns.filter((column) => !column.isVirtualProperty).map((column) => column.databaseName)
}

const webNames = ['userId', 'id', 'data', 'expires', 'createdAt', 'version']
const apiNames = ['userId', 'scope', 'token', 'data', 'until', 'createdAt', 'version']

describe('TypeORM: a session model that extends another', () => {
  for (const first of ['base', 'subclass'] as const) {
    it(`has columns, table and clock of its own, when the ${first} is registered first`, async () => {
      const { WebSession, ApiSession } = newClasses()
      const dataSource = newDataSource()
      const order = first === 'base' ? [WebSession, ApiSession] : [ApiSession, WebSession]
      for (const model of order) registerSessionModel(dataSource, model)
      const [Web, Api] = [registerSessionModel(dataSource, WebSession), registerSessionModel(dataSource, ApiSession)]
      await dataSource.initialize()
      expect(columnNames(dataSource, Web)).to.have.members(webNames)
      expect(columnNames(dataSource, Api)).to.have.members(apiNames)
      expect(await pendingStatements(dataSource)).to.deep.equal([])
      await managerOf(Web, { maxAge: '30m' }).set('an id', { userId: 1 })
      await managerOf(Api, { maxAge: '30m', now: () => noon }).set('an id', { userId: 2, scope: 'read' })
      expect(await dataSource.getRepository(Web).findOneByOrFail({})).to.include({ expired: false, userId: 1 })
      expect(await dataSource.getRepository(Api).findOneByOrFail({})).to.include({ expired: true, scope: 'read' })
      expect(await dataSource.getRepository(Web).countBy(Web.expired)).to.equal(0)
      expect(await dataSource.getRepository(Api).countBy(Api.expired)).to.equal(1)
    })
  }

  it('inherits the options where it has no decorator of its own', async () => {
    const { WebSession } = newClasses()
    class SpecialSession extends WebSession {
      @Column({ type: 'integer', nullable: true }) level!: number | null
    }
    const dataSource = newDataSource()
    const Sessions = registerSessionModel(dataSource, SpecialSession)
    await dataSource.initialize()
    expect(dataSource.getMetadata(Sessions).tableName).to.equal('web_sessions')
    expect(columnNames(dataSource, Sessions)).to.have.members([...webNames, 'level'])
    expectError('MODEL_NOT_REGISTERED', () => Reflect.get(WebSession, 'expired'))
  })

  for (const first of ['base', 'subclass'] as const) {
    it(`leaves out columns that its superclass has, when the ${first} is registered first`, async () => {
      const { WebSession } = newClasses()
      @SessionModel({ tableName: 'small_sessions', columns: { createdAt: false, version: false } })
      class SmallSession extends WebSession {}
      const dataSource = newDataSource()
      if (first === 'base') registerSessionModel(dataSource, WebSession)
      const Small = registerSessionModel(dataSource, SmallSession)
      const Web = registerSessionModel(dataSource, WebSession)
      await dataSource.initialize()
      expect(columnNames(dataSource, Small)).to.have.members(['userId', 'id', 'data', 'expires'])
      expect(columnNames(dataSource, Web)).to.have.members(webNames)
      await managerOf(Small).set('an id', { userId: 1 })
      expect(await managerOf(Small).get('an id')).to.deep.equal({ userId: 1 })
      expect(await dataSource.getRepository(Small).findOneByOrFail({ userId: 1 })).not.to.have.property('version')
      expect(await pendingStatements(dataSource)).to.deep.equal([])
    })
  }
})
