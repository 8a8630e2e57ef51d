import { isDeepStrictEqual } from 'node:util'
import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, Model } from 'sequelize-typescript'
import { describeEach } from './support/databases.js'
import { type Attributes, defaultAttributes } from './support/default-attributes.js'
import { managerOf, sessionOf } from './support/manager.js'

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
        (before[name] ?? undefined) === (name.startsWith('nothing') ? 0 : undefined) ||
        !isDeepStrictEqual(before[name], after[name]) ||
        !isDeepStrictEqual(after[name], next[name]),
    )
    const shown = wrong.map((name) => ({ name, before: before[name], after: after[name], next: next[name] }))
    expect(shown).to.deep.equal([])
  })
})
