import { expect } from 'chai'
import { SessionModel, type SessionModelOptions } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Sequelize } from 'sequelize'
import { Model } from 'sequelize-typescript'
import {
  Column,
  type ColumnOptions,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  OneToOne,
  PrimaryColumn,
  PrimaryGeneratedColumn,
} from 'typeorm'
import { newDataSource } from './support/data-sources.js'
import { expectRefusal, expectRejection } from './support/expect-error.js'
import { managerOf } from './support/manager.js'

type AnyModel = new () => object

/** A decorated model with one column of its own. */
function modelWith(property: string, column: ColumnOptions, options: SessionModelOptions = {}): AnyModel {
  class RefusedSession {}
  Column(column)(RefusedSession.prototype, property)
  SessionModel(options)(RefusedSession)
  return RefusedSession
}

const text: ColumnOptions = { type: 'varchar', length: 40, nullable: true }

describe('TypeORM: refused at registration, with nothing half done', () => {
  it('all columns and relations that are required, at once', () => {
    for (const registry of [newDataSource(), class Base {}]) {
      const register = () => registerSessionModel(registry as ReturnType<typeof newDataSource>, severalRequired())
      expect(register).to.throw(
        "The columns and relations 'userId', 'tenant' and 'user' are neither nullable nor have defaults, so no new session could be " +
          'stored. Make them nullable or give them defaults.',
      )
    }
  })

  const refusals: readonly [string, Parameters<typeof expectRefusal>[0], () => AnyModel][] = [
    ['a class without the decorator', 'MODEL_NOT_DECORATED', () => class Plain {}],
    ['no class at all', 'MODEL_NOT_DECORATED', () => undefined as never],
    ['two columns of one name', 'COLUMN_DUPLICATE', sameName],
    ['a column of the name that a managed one has', 'COLUMN_DUPLICATE', reservedName],
    ['a required column', 'COLUMN_REQUIRED', () => modelWith('userId', { type: 'integer' })],
    ['a column named like a member of the session', 'COLUMN_RESERVED', () => modelWith('save', text)],
    [
      'an id column that is too short',
      'ID_TOO_LONG',
      () => modelWith('id', { type: 'varchar', length: 20, primary: true }),
    ],
    [
      'an id column that is made too short',
      'ID_TOO_LONG',
      () => modelWith('note', text, { columns: { id: { length: 20 } } }),
    ],
    ['an id column of numbers', 'COLUMN_TYPE', () => modelWith('id', { type: 'integer', primary: true })],
    [
      'an id column that is told to be numbers',
      'COLUMN_TYPE',
      () => modelWith('note', text, { columns: { id: { type: 'integer' } } }),
    ],
    ['expiry as text', 'COLUMN_TYPE', () => modelWith('expires', { type: 'varchar' })],
    [
      'expiry that is told to be text',
      'COLUMN_TYPE',
      () => modelWith('note', text, { columns: { expires: { type: 'varchar' } } }),
    ],
    ['expiry as a date without a time', 'COLUMN_TYPE', () => modelWith('expires', { type: 'date' })],
    ['creation as a number of 16 bits', 'COLUMN_TYPE', () => modelWith('createdAt', { type: 'smallint' })],
    ['another table name than @Entity() has', 'OPTION_INVALID', twoNames],
    ['a generated id', 'COLUMN_TYPE', generatedId],
    ['a required relation', 'COLUMN_REQUIRED', requiredRelation],
    ['embedded columns', 'COLUMN_TYPE', embedded],
  ]
  for (const [name, code, newModel] of refusals) {
    it(`${name}: ${code}`, async () => {
      const model = newModel()
      const [before, after] = [newDataSource(), await newDataSource().initialize()]
      for (const registry of [before, after, class Base {}]) {
        expectRefusal(code, () => registerSessionModel(registry as typeof before, model))
      }
      expect(before.options.entities).to.equal(undefined)
      expect(after.entityMetadatas).to.deep.equal([])
    })
  }

  for (const registry of [undefined, null, {}, 'sqlite', 7, () => {}, new Sequelize('sqlite::memory:')]) {
    it(`a registry that is none (${typeof registry}): REGISTRY_UNKNOWN`, () => {
      const model = modelWith('note', text)
      expectRefusal('REGISTRY_UNKNOWN', () => registerSessionModel(registry as never, model))
    })
  }

  it('a class that cannot be made without arguments, or not at all: MODEL_CLASS', async () => {
    @SessionModel()
    class Demanding {
      readonly name: string
      constructor(user: { name: string }) {
        this.name = user.name
      }
    }
    @SessionModel()
    class OfSequelize extends Model {}
    const [before, after] = [newDataSource(), await newDataSource().initialize()]
    for (const model of [Demanding, OfSequelize]) {
      for (const registry of [before, after, class Base {}]) {
        expectRefusal('MODEL_CLASS', () => registerSessionModel(registry as typeof before, model))
      }
    }
    const model = modelWith('note', text)
    expectRefusal('MODEL_CLASS', () => registerSessionModel(Model, model))
    expect(before.options.entities).to.equal(undefined)
  })

  it('a class field that hides a member: COLUMN_SHADOWED; on a base class it hides nothing', () => {
    @SessionModel()
    class Shadowing {
      expired!: boolean
    }
    const dataSource = newDataSource()
    expectRefusal('COLUMN_SHADOWED', () => registerSessionModel(dataSource, Shadowing))
    const Sessions = registerSessionModel(class Base {}, Shadowing)
    expect(new Sessions().expired).to.equal(true)
  })

  it('lets a model be registered once it is put right', async () => {
    const model = modelWith('note', { type: 'integer' }, { tableName: 'refused' })
    const dataSource = newDataSource()
    expectRefusal('COLUMN_REQUIRED', () => registerSessionModel(dataSource, model))
    @SessionModel({ tableName: 'fixed' })
    class Fixed extends modelWith('id', { type: 'varchar', length: 64, primary: true }) {}
    const Sessions = registerSessionModel(dataSource, Fixed)
    await dataSource.initialize()
    await managerOf(Sessions).set('an id', { text: 1 })
    expect(dataSource.entityMetadatas.map((metadata) => metadata.tableName)).to.deep.equal(['fixed'])
  })
})

describe('TypeORM: used too early', () => {
  it('a condition of a model that is not registered: MODEL_NOT_REGISTERED', () => {
    const model = modelWith('note', text)
    expectRefusal('MODEL_NOT_REGISTERED', () => Reflect.get(model, 'expired'))
    expectRefusal('MODEL_NOT_REGISTERED', () => Reflect.get(new model(), 'active'))
  })

  it('sessions before the data source is initialized: BACKEND_FAILED, 503', async () => {
    const manager = managerOf(registerSessionModel(newDataSource(), modelWith('note', text)))
    for (const work of [manager.get('x'), manager.set('x', {}), manager.delete('x'), manager.deleteExpired()]) {
      expect(await expectRejection('BACKEND_FAILED', work)).to.include({ status: 503, expose: false })
    }
  })
})

function sameName(): AnyModel {
  @SessionModel()
  class SameName {
    @Column({ ...text, name: 'note' }) one!: string | null
    @Column({ ...text, name: 'note' }) other!: string | null
  }
  return SameName
}

function reservedName(): AnyModel {
  @SessionModel({ columns: { data: 'payload' } })
  class ReservedName {
    @Column({ ...text, name: 'text' }) data!: string | null
  }
  return ReservedName
}

function twoNames(): AnyModel {
  @SessionModel({ tableName: 'one' })
  @Entity('other')
  class TwoNames {}
  return TwoNames
}

function generatedId(): AnyModel {
  @SessionModel()
  class GeneratedId {
    @PrimaryGeneratedColumn('uuid') id!: string
  }
  return GeneratedId
}

function severalRequired(): AnyModel {
  @Entity('users')
  class User {
    @PrimaryColumn({ type: 'integer' }) id!: number
  }
  @SessionModel()
  class Owned {
    @PrimaryColumn({ type: 'varchar', length: 64 }) id!: string
    @Column({ type: 'integer' }) userId!: number
    @Column({ type: 'integer', nullable: true }) note!: number
    @Column({ type: 'varchar', length: 9 }) tenant!: string
    @ManyToOne(() => User, { nullable: false }) user!: object
  }
  return Owned
}

function requiredRelation(): AnyModel {
  @Entity('users')
  class User {
    @PrimaryColumn({ type: 'integer' }) id!: number
  }
  @SessionModel()
  class Owned {
    @Index() @ManyToOne(() => User, { nullable: false }) user!: object
    @OneToOne(() => User) @JoinColumn() other!: object
  }
  return Owned
}

function embedded(): AnyModel {
  class Place {
    @Column({ type: 'varchar', length: 40, nullable: true }) city!: string | null
  }
  @SessionModel()
  class Placed {
    @Column(() => Place) place!: Place
  }
  return Placed
}
