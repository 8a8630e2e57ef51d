import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { createSessionModel, registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import {
  BaseEntity,
  ChildEntity,
  Column,
  Entity,
  JoinColumn,
  JoinTable,
  ManyToMany,
  ManyToOne,
  PrimaryColumn,
  TableInheritance,
  TypeORMError,
} from 'typeorm'
import { databases, dropTables, newDataSource, pendingStatements, sqlite, tableName } from './support/data-sources.js'
import { expectError, expectRefusal, expectRejection } from './support/expect-error.js'
import { managerOf } from './support/manager.js'

const users = tableName('late_users')
const sessions = tableName('late_sessions')

function newClasses() {
  @Entity(users)
  class User {
    @PrimaryColumn({ type: 'integer' }) id!: number
    @Column({ type: 'varchar', length: 50 }) name!: string
  }
  @SessionModel({ tableName: sessions })
  class UserSession {
    @Column({ type: 'integer', nullable: true }) userId!: number | null
    @ManyToOne(() => User, { onDelete: 'CASCADE' }) @JoinColumn({ name: 'userId' }) user!: User | null
  }
  return { User, UserSession }
}

for (const database of databases) {
  describe(`TypeORM: registration after initialize() (${database.name})`, () => {
    it('creates the table where the data source synchronizes, with relations to entities that were there', async () => {
      await dropTables(database, sessions, users)
      const { User, UserSession } = newClasses()
      const dataSource = await newDataSource(database, { entities: [User] }).initialize()
      await dataSource.getRepository(User).save({ id: 7, name: 'Ada' })
      const Sessions = registerSessionModel(dataSource, UserSession)
      await managerOf(Sessions).set('an id', { userId: 7 })
      const row = await dataSource.getRepository(Sessions).findOneOrFail({ where: {}, relations: { user: true } })
      expect(row.user?.name).to.equal('Ada')
      expect(await pendingStatements(dataSource)).to.deep.equal([])
      await dataSource.getRepository(User).delete({ id: 7 })
      expect(await managerOf(Sessions).get('an id')).to.equal(undefined)
    })

    it('creates the tables of several models that are registered at once', async () => {
      const tables = ['late_one', 'late_two', 'late_three'].map(tableName)
      await dropTables(database, ...tables)
      const dataSource = await newDataSource(database).initialize()
      const managers = tables.map((table) => managerOf(createSessionModel(dataSource, table)))
      await Promise.all(managers.map((manager) => manager.set('an id', { note: 1 })))
      for (const manager of managers) expect(await manager.get('an id')).to.deep.equal({ note: 1 })
      expect(await pendingStatements(dataSource)).to.deep.equal([])
    })

    it('leaves the tables alone where the data source does not synchronize', async () => {
      await dropTables(database, sessions, users)
      const { User, UserSession } = newClasses()
      const dataSource = await newDataSource(database, { entities: [User], synchronize: false }).initialize()
      registerSessionModel(dataSource, UserSession)
      expect((await pendingStatements(dataSource)).join('\n')).to.match(/create table.*late_sessions/i)
      await dataSource.synchronize()
      expect(await pendingStatements(dataSource)).to.deep.equal([])
    })
  })
}

describe('TypeORM: registration after initialize()', () => {
  it('works for a model that extends BaseEntity', async () => {
    const dataSource = await newDataSource().initialize()
    @SessionModel()
    class ActiveSession extends BaseEntity {
      @Column({ type: 'integer', nullable: true }) userId!: number | null
    }
    const Sessions = registerSessionModel(dataSource, ActiveSession)
    await managerOf(Sessions).set('an id', { userId: 3 })
    expect(await Sessions.countBy(Sessions.active)).to.equal(1)
  })

  it('works with a many-to-many relation', async () => {
    const { User } = newClasses()
    const dataSource = await newDataSource(undefined, { entities: [User] }).initialize()
    @SessionModel()
    class SharedSession {
      @ManyToMany(() => User) @JoinTable() users!: object[]
    }
    const Sessions = registerSessionModel(dataSource, SharedSession)
    await managerOf(Sessions).set('an id', {})
    const [row] = await dataSource.getRepository(Sessions).find({ relations: { users: true } })
    expect(row?.users).to.deep.equal([])
  })

  it('reports a table that could not be created, and tries again', async () => {
    const dataSource = await newDataSource().initialize()
    await dataSource.query('create view late_sessions as select 1')
    const manager = managerOf(createSessionModel(dataSource, 'late_sessions'))
    await expectRejection('BACKEND_FAILED', manager.get('an id'))
    await dataSource.query('drop view late_sessions')
    await manager.set('an id', { note: 1 })
    expect(await manager.get('an id')).to.deep.equal({ note: 1 })
  })

  it('leaves data source and model as they were when TypeORM refuses the model', async () => {
    const dataSource = await newDataSource().initialize()
    @SessionModel()
    class Faulty {
      @Column({ type: 'hstore', nullable: true }) labels!: unknown
    }
    @SessionModel()
    class Lonely {
      @Column({ type: 'integer', nullable: true }) userId!: number | null
      @ManyToOne(() => newClasses().User) user!: object
    }
    for (const model of [Faulty, Lonely]) {
      const error = expectError('MODEL_CLASS', () => registerSessionModel(dataSource, model))
      expect(error.cause).to.be.instanceOf(TypeORMError)
      expect(error.message)
        .to.contain(model.name)
        .and.contain((error.cause as Error).message.replace(/\.$/, ''))
    }
    expect(dataSource.entityMetadatas).to.deep.equal([])
    expectRefusal('MODEL_NOT_REGISTERED', () => (Faulty as never as { expired: unknown }).expired)
  })

  it('refuses a model that shares the table of others, which are mapped already', async () => {
    @Entity('late_tokens')
    @TableInheritance({ column: { type: 'varchar', name: 'kind' } })
    class Token {
      @PrimaryColumn({ type: 'varchar', length: 128 }) id!: string
    }
    @ChildEntity()
    class ApiKey extends Token {}
    @ChildEntity()
    @SessionModel()
    class TokenSession extends Token {}
    const late = await newDataSource(sqlite, { entities: [Token, ApiKey] }).initialize()
    const before = late.entityMetadatas
    const error = expectError('MODEL_CLASS', () => registerSessionModel(late, TokenSession))
    expect(error.message).to.contain('TokenSession').and.contain('before initialize()')
    expect(late.entityMetadatas).to.equal(before)
    const early = newDataSource(sqlite, { entities: [Token, ApiKey] })
    const manager = managerOf(registerSessionModel(early, TokenSession))
    await early.initialize()
    await manager.set('an id', { note: 1 })
    expect(await manager.get('an id')).to.deep.equal({ note: 1 })
  })
})
