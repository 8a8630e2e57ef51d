import { isDeepStrictEqual } from 'node:util'
import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { DataTypes, literal } from 'sequelize'
import { Column, Model } from 'sequelize-typescript'
import { describeEach } from './support/databases.js'
import { type Attributes, defaultAttributes } from './support/default-attributes.js'
import { managerOf, sessionOf } from './support/manager.js'

interface Mutable {
  readonly prefs: Record<string, unknown>
  readonly list: unknown[]
  readonly bytes: Buffer
  readonly at: Date
}

const mutable: Attributes = {
  prefs: { type: DataTypes.JSON, defaultValue: {} },
  list: { type: DataTypes.JSON, defaultValue: () => [] },
  bytes: { type: DataTypes.BLOB, defaultValue: () => Buffer.from([0, 255]) },
  at: { type: DataTypes.DATE, defaultValue: new Date(0) },
}

describeEach('what a new session shows of defaults', (open, database) => {
  async function store(attributes: Attributes) {
    @SessionModel({ tableName: 'sequelize_new_sessions' })
    class NewSession extends Model {}
    for (const [name, options] of Object.entries(attributes)) Column(options)(NewSession.prototype, name)
    const Sessions = registerSessionModel(open(), NewSession)
    await Sessions.sync({ force: true })
    return managerOf(Sessions)
  }

  it('is what the next request shows, after save() too', async () => {
    const attributes = defaultAttributes(database)
    const manager = await store(attributes)
    const session = await sessionOf(manager)
    const before = session.properties.toObject()
    session.properties.set('note', 1)
    await session.save()
    const after = session.properties.toObject()
    const next = (await sessionOf(manager, session.id)).properties.toObject()
    const wrong = Object.keys(attributes).filter(
      (name) =>
        isMissing(name, before[name]) ||
        !isDeepStrictEqual(before[name], after[name]) ||
        !isDeepStrictEqual(after[name], next[name]),
    )
    const shown = wrong.map((name) => ({ name, before: before[name], after: after[name], next: next[name] }))
    expect(shown).to.deep.equal([])
  })

  it('is a copy for each session, and what is changed inside of it is stored', async () => {
    const manager = await store(mutable)
    const session = await sessionOf(manager)
    const { prefs, list, bytes, at } = session.properties.toObject() as unknown as Mutable
    prefs.theme = 'dark'
    list.push('mine')
    bytes[0] = 7
    at.setTime(86_400_000)
    await session.save()
    bytes[1] = 8
    await session.save()
    const again = await sessionOf(manager, session.id)
    ;(again.properties.get('bytes') as Buffer)[1] = 9
    await again.save()
    const next = (await sessionOf(manager, session.id)).properties.toObject()
    expect(next).to.deep.equal({
      prefs: { theme: 'dark' },
      list: ['mine'],
      bytes: Buffer.from([7, 9]),
      at: new Date(86_400_000),
    })
    const other = (await sessionOf(manager)).properties.toObject()
    expect(other).to.deep.equal({ prefs: {}, list: [], bytes: Buffer.from([0, 255]), at: new Date(0) })
  })

  it('is nothing where only the database knows it, until the session is stored', async () => {
    const manager = await store({
      sum: { type: DataTypes.INTEGER, allowNull: false, defaultValue: literal('(1 + 2)') },
      ticket: { type: DataTypes.INTEGER, defaultValue: literal('(4 + 5)') },
    })
    const session = await sessionOf(manager)
    expect(session.properties.toObject()).to.deep.equal({ sum: undefined, ticket: undefined })
    session.properties.set('note', 1)
    await session.save()
    const stored = { sum: 3, ticket: 9, note: 1 }
    expect(session.properties.toObject()).to.deep.equal(stored)
    expect((await sessionOf(manager, session.id)).properties.toObject()).to.deep.equal(stored)
  })
})

/** Columns without a default are called `nothing`. */
function isMissing(name: string, value: unknown): boolean {
  return value === undefined || (value === null && !name.startsWith('nothing'))
}
