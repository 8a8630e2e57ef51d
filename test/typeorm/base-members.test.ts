import { expect } from 'chai'
import { SessionModel, SessionModelMixin } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { BaseEntity, BeforeInsert, Column } from 'typeorm'
import { newDataSource, sqlite } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

/** A base and a model, each with every kind of member. */
function newClasses() {
  abstract class Audited {
    @Column({ type: 'varchar', length: 40, nullable: true }) auditedBy!: string | null
    readonly constructed: string
    constructor() {
      this.constructed = 'by the base'
    }
    @BeforeInsert() stamp(): void {
      this.auditedBy ??= 'the listener'
    }
    describe(): string {
      return `audited by ${this.auditedBy}`
    }
    static readonly family: string = 'audited'
  }
  @SessionModel({ tableName: 'base_members' })
  class VisitSession {
    @Column({ type: 'varchar', length: 20, nullable: true }) theme: string | null = 'dark'
    @Column({ type: 'varchar', length: 40, nullable: true }) note!: string | null
    @BeforeInsert() sign(): void {
      this.note ??= 'signed'
    }
    get isDark(): boolean {
      return this.theme === 'dark'
    }
    static open(): string {
      return 'open'
    }
  }
  return { Audited, VisitSession }
}

describe('TypeORM: a model on a base class', () => {
  it('has the members of both', () => {
    const { Audited, VisitSession } = newClasses()
    const Sessions = registerSessionModel(Audited, VisitSession)
    const row = new Sessions()
    expect(row).to.be.instanceOf(Audited)
    expect(row).to.include({ constructed: 'by the base', theme: 'dark', isDark: true })
    expect(row.describe()).to.equal('audited by undefined')
    expect(Sessions.name).to.equal('VisitSession')
    expect(Sessions).to.include({ family: 'audited' })
    expect(Sessions.open()).to.equal('open')
  })

  it('has the columns and listeners of both', async () => {
    const { Audited, VisitSession } = newClasses()
    const Sessions = registerSessionModel(Audited, VisitSession)
    const dataSource = await newDataSource(sqlite, { entities: [Sessions] }).initialize()
    const repository = dataSource.getRepository(Sessions)
    const values = { id: 'x', data: '{}', expires: new Date(Date.now() + 60_000), createdAt: new Date() }
    await repository.save(repository.create(values))
    const row = await repository.findOneByOrFail({ id: 'x' })
    expect(row).to.include({ auditedBy: 'the listener', note: 'signed', theme: 'dark', active: true, version: 1 })
  })

  it('has the columns of both as session properties', async () => {
    const { Audited, VisitSession } = newClasses()
    const Sessions = registerSessionModel(Audited, VisitSession)
    await newDataSource(sqlite, { entities: [Sessions] }).initialize()
    const manager = managerOf(Sessions)
    await manager.set('an id', { auditedBy: 'Ada', theme: 'light' })
    expect(await manager.get('an id')).to.include({ auditedBy: 'Ada', theme: 'light' })
    expect(await manager.list({ auditedBy: 'Ada' })).to.have.lengthOf(1)
  })

  it('leaves the base and the model as they were, so that the model can be in a data source too', async () => {
    const { Audited, VisitSession } = newClasses()
    const OnBase = registerSessionModel(Audited, VisitSession)
    const dataSource = newDataSource()
    const OnDataSource = registerSessionModel(dataSource, VisitSession)
    await dataSource.initialize()
    await newDataSource(sqlite, { entities: [OnBase] }).initialize()
    await managerOf(OnBase).set('an id', { auditedBy: 'Ada' })
    const names = dataSource.getMetadata(OnDataSource).columns.map((column) => column.propertyName)
    expect(names).to.have.members(['theme', 'note', 'id', 'data', 'expires', 'createdAt', 'version'])
    expect(Audited).not.to.have.property('expired')
    expect(Object.getOwnPropertyNames(Audited)).not.to.include('useDataSource')
  })

  it('may be on an abstract base that extends BaseEntity', async () => {
    abstract class Named extends BaseEntity {
      @Column({ type: 'varchar', length: 40, nullable: true }) name!: string | null
    }
    const Sessions = registerSessionModel(Named, newClasses().VisitSession)
    await newDataSource(sqlite, { entities: [Sessions] }).initialize()
    await managerOf(Sessions).set('an id', { name: 'Ada' })
    expect(await Sessions.findOneBy({ name: 'Ada' })).to.include({ name: 'Ada', theme: 'dark', active: true })
    expect(await Sessions.countBy({ name: 'Ada', ...Sessions.active })).to.equal(1)
  })

  it('is the same class for the same base, and another for another base', () => {
    const { VisitSession } = newClasses()
    class One {}
    class Other {}
    const onOne = registerSessionModel(One, VisitSession)
    expect(registerSessionModel(One, VisitSession)).to.equal(onOne)
    expect(registerSessionModel(Other, VisitSession)).not.to.equal(onOne)
  })

  it('is the model itself where that extends the base', () => {
    @SessionModel()
    class Visit extends BaseEntity {}
    class MixedVisit extends SessionModelMixin(BaseEntity) {}
    expect(registerSessionModel(BaseEntity, Visit)).to.equal(Visit)
    expect(registerSessionModel(BaseEntity, Visit)).to.equal(Visit)
    expect(registerSessionModel(BaseEntity, MixedVisit)).to.equal(MixedVisit)
  })
})
