import { expect } from 'chai'
import { SessionManager, SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { after, describe, it } from 'mocha'
import { Column, Entity, Index, JoinColumn, ManyToOne, OneToMany, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm'
import { databases, dropTables, newDataSource, pendingStatements, tableName } from './support/data-sources.js'
import { expectRefusal } from './support/expect-error.js'
import { loading } from './support/globs/loading.js'
import { managerOf } from './support/manager.js'

const globs = `${import.meta.dirname}/support/globs`
const table = tableName('entities')
const users = tableName('entities_users')

/** Both orders of the two decorators. */
const orders = {
  '@Entity() above': () => {
    @Entity(table)
    @SessionModel()
    class WebSession {
      @Column({ type: 'integer', nullable: true }) userId!: number | null
    }
    return WebSession
  },
  '@SessionModel() above': () => {
    @SessionModel({ tableName: table })
    @Entity()
    class WebSession {
      @Column({ type: 'integer', nullable: true }) userId!: number | null
    }
    return WebSession
  },
}

/** An entity with a key of its own, which a data source takes without a registration, and one that refers to it. */
function newKnown() {
  @Entity(users)
  class User {
    @PrimaryColumn({ type: 'integer' }) id!: number
    @OneToMany(
      () => WebSession,
      (row: { user: object }) => row.user,
    )
    sessions!: object[]
  }
  @Entity(table)
  @SessionModel({ columns: { id: 'session_id' } })
  class WebSession {
    @PrimaryGeneratedColumn({ name: 'id' }) key!: number
    @Column({ type: 'integer', nullable: true }) userId!: number | null
    @ManyToOne(
      () => User,
      (user) => user.sessions,
    )
    @JoinColumn({ name: 'userId' })
    user!: User | null
  }
  return { User, WebSession }
}

for (const database of databases) {
  describe(`TypeORM: an entity that is listed in entities (${database.name})`, () => {
    after(() => dropTables(database, table, users))

    for (const [order, newModel] of Object.entries(orders)) {
      for (const isListed of [true, false]) {
        it(`${order}, ${isListed ? 'listed' : 'not listed'}, registered before initialize()`, async () => {
          await dropTables(database, table)
          const model = newModel()
          const dataSource = newDataSource(database, isListed ? { entities: [model] } : {})
          const Sessions = registerSessionModel(dataSource, model)
          await dataSource.initialize()
          await managerOf(Sessions).set('an id', { userId: 7, note: 1 })
          expect(await managerOf(Sessions).get('an id')).to.deep.equal({ userId: 7, note: 1 })
          expect(dataSource.getMetadata(Sessions).tableName).to.equal(table)
          expect(await pendingStatements(dataSource)).to.deep.equal([])
        })
      }
    }

    it('is completed when it is registered after initialize(), and so is its table, with rows', async () => {
      await dropTables(database, table, users)
      const { User, WebSession } = newKnown()
      const dataSource = await newDataSource(database, { entities: [User, WebSession] }).initialize()
      const repository = dataSource.getRepository(WebSession)
      await dataSource.getRepository(User).insert({ id: 7 })
      await repository.insert([{ userId: 7 }, { userId: null }])
      const Sessions = registerSessionModel(dataSource, WebSession)
      expect(repository.metadata.columns.map(({ propertyName }) => propertyName)).to.include.members([
        'id',
        'data',
        'expires',
        'createdAt',
        'version',
      ])
      await managerOf(Sessions).set('an id', { userId: 7, note: 1 })
      const [user] = await dataSource.getRepository(User).find({ relations: { sessions: true } })
      const versions = user?.sessions.map((row) => (row as { version?: number }).version)
      expect(versions, 'a relation of another entity knows the columns').to.deep.equal([1, 1])
      expect(await dataSource.getRepository(Sessions).countBy(Sessions.expired)).to.equal(2)
      expect(await dataSource.getRepository(Sessions).countBy(Sessions.active)).to.equal(1)
      expect(await pendingStatements(dataSource)).to.deep.equal([])
    })
  })
}

describe('TypeORM: entities of globs', () => {
  it('may have the model, which is registered before initialize()', async () => {
    const { GlobbedSession } = await import('./support/globs/declared.js')
    const dataSource = newDataSource(undefined, { entities: [`${globs}/declared.js`] })
    const Sessions = registerSessionModel(dataSource, GlobbedSession)
    await dataSource.initialize()
    await managerOf(Sessions).set('an id', { userId: 7 })
    expect(await managerOf(Sessions).get('an id')).to.deep.equal({ userId: 7 })
  })

  it('may load a file that registers its model, with a relation', async () => {
    await loading.initialize()
    const { Sessions, GlobbedUser } = await import('./support/globs/registering.js')
    await loading.getRepository(GlobbedUser).insert({ id: 7 })
    await managerOf(Sessions).set('an id', { userId: 7 })
    const [row] = await loading.getRepository(Sessions).find({ relations: { user: true } })
    expect(row?.user).to.include({ id: 7 })
  })

  it('that have a model which nobody registers fail where it has no key, and it is refused where it has one', async () => {
    const Unregistered = orders['@Entity() above']()
    const error = await newDataSource(undefined, { entities: [Unregistered] })
      .initialize()
      .catch((reason: unknown) => reason)
    expect(String(error)).to.match(/Entity "WebSession" does not have a primary column/)
    const { User, WebSession } = newKnown()
    await newDataSource(undefined, { entities: [User, WebSession] }).initialize()
    expectRefusal('MODEL_NOT_REGISTERED', () => new SessionManager({ model: WebSession as never }))
  })
})

describe('TypeORM: indexes that the model declares', () => {
  const declared: Record<string, (target: new () => object) => void> = {
    'by a list of names': Index('own_expires', ['expires']),
    'by a function': Index('own_expires', (row: { expires: unknown }) => [row.expires]),
    'by a function that gives an order': Index('own_expires', () => ({ expires: 1 })),
    'with a second column': Index('own_expires', ['expires', 'userId']),
  }
  for (const [way, decorate] of Object.entries(declared)) {
    it(`serve for expiry: ${way}`, async () => {
      const model = orders['@Entity() above']()
      decorate(model)
      const dataSource = newDataSource()
      registerSessionModel(dataSource, model)
      await dataSource.initialize()
      const found = await dataSource.createQueryRunner().getTable(table)
      expect(found?.indices.map(({ name }) => name)).to.deep.equal(['own_expires'])
    })
  }

  it('serve for the id beside another key only if they are unique', async () => {
    for (const unique of [true, false]) {
      const { User, WebSession } = newKnown()
      Index('own_id', ['id'], { unique })(WebSession)
      const dataSource = newDataSource(undefined, { entities: [User] })
      registerSessionModel(dataSource, WebSession)
      await dataSource.initialize()
      const found = await dataSource.createQueryRunner().getTable(table)
      const onId = found?.indices.filter(({ columnNames }) => columnNames.join() === 'session_id') ?? []
      expect(onId.map(({ isUnique }) => isUnique)).to.have.members(unique ? [true] : [false, true])
    }
  })
})
