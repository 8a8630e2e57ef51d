import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Model } from 'sequelize-typescript'
import { describeEach } from './support/databases.js'
import { managerOf, sessionOf } from './support/manager.js'

describeEach('getters and setters of columns', (open) => {
  async function store() {
    @SessionModel({ tableName: 'sequelize_accessors' })
    class WebSession extends Model {
      @Column({
        type: DataType.STRING,
        defaultValue: 'dGVh',
        get(this: WebSession) {
          const stored: unknown = this.getDataValue('secret')
          return typeof stored === 'string' ? Buffer.from(stored, 'base64').toString() : null
        },
        set(this: WebSession, value: string | null) {
          this.setDataValue('secret', value && Buffer.from(value).toString('base64'))
        },
      })
      declare secret: string | null

      @Column(DataType.STRING)
      get tags(): string[] {
        return String(this.getDataValue('tags') ?? '')
          .split(',')
          .filter(Boolean)
      }
      set tags(value: string[] | null) {
        this.setDataValue('tags', value?.join(',') ?? null)
      }

      @Column(DataType.VIRTUAL)
      get summary(): string {
        return `${this.secret}: ${this.tags}`
      }
    }
    const Sessions = registerSessionModel(open(), WebSession)
    await Sessions.sync({ force: true })
    return { Sessions, manager: managerOf(Sessions) }
  }

  it('convert the properties of the session, both ways', async () => {
    const { Sessions, manager } = await store()
    await manager.set('id', { secret: 'tea', tags: ['a', 'b'] })
    expect(await manager.get('id')).to.deep.equal({ secret: 'tea', tags: ['a', 'b'] })
    const sql = `SELECT secret, tags FROM ${Sessions.tableName}`
    const stored = await Sessions.sequelize?.query(sql, { plain: true })
    expect(stored).to.deep.equal({ secret: 'dGVh', tags: 'a,b' })
    await manager.set('id', { secret: 'milk', tags: ['c'] })
    expect(await manager.get('id')).to.deep.equal({ secret: 'milk', tags: ['c'] })
  })

  it('convert also what a new session begins with, and what removing a property leaves', async () => {
    const { Sessions, manager } = await store()
    const session = await sessionOf(manager)
    expect(session.properties.toObject()).to.deep.equal({ secret: 'tea', tags: [] })
    session.properties.set('cart', 1)
    await session.commit()
    expect(await manager.get(session.id)).to.deep.equal({ secret: 'tea', tags: [], cart: 1 })
    await manager.set(session.id, { secret: 'milk', tags: ['c'] })
    await manager.set(session.id, {})
    expect(await manager.get(session.id)).to.deep.equal({ secret: 'tea', tags: [] })
    const row = await Sessions.findOne({ rejectOnEmpty: true })
    expect([row.getDataValue('secret'), row.getDataValue('tags')]).to.deep.equal(['dGVh', null])
  })

  it('do not make a column change that nobody has changed', async () => {
    const { Sessions, manager } = await store()
    await manager.set('id', { secret: 'tea', tags: ['a'] })
    const session = await sessionOf(manager, 'id')
    session.properties.set('cart', 1)
    await session.commit()
    expect(await manager.get('id')).to.deep.equal({ secret: 'tea', tags: ['a'], cart: 1 })
    expect((await Sessions.findOne({ rejectOnEmpty: true })).summary).to.equal('tea: a')
  })

  it('leave a virtual column what it is: no property', async () => {
    const { manager } = await store()
    expect(manager.options.backend.columns.map(({ name }) => name)).to.deep.equal(['secret', 'tags'])
    await manager.set('id', { summary: 'data' })
    expect(await manager.get('id')).to.include({ summary: 'data' })
  })
})
