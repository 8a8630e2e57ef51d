import { expect } from 'chai'
import { MemorySessionBackend, type MergeFunction, SessionManager } from 'koa-session-model'
import type { Session } from '../../../src/core/session/session.js'
import { expectError } from '../../support/errors.js'
import { openSession } from '../../support/open-session.js'

type Cart = string[]

const concat: MergeFunction = (_, mine, theirs) => [...(theirs as Cart), ...(mine as Cart)]

/** A request on the stored session `a`, and what another process does with it meanwhile. */
async function setUp(merge: Readonly<Record<string, MergeFunction>> = {}) {
  const backend = new MemorySessionBackend({ prefs: null as object | null })
  const [here, there] = [0, 1].map(() => new SessionManager({ backend, cleanup: false, merge, grace: '10s' }))
  const manager = here as SessionManager
  await manager.set('a', { cart: ['old'], prefs: { theme: 'light' } })
  const session = await openSession(manager, 'a')
  const elsewhere = async (name: string, value: unknown): Promise<void> => {
    const other = await openSession(there as SessionManager, 'a')
    other.properties.set(name, value)
    await other.commit()
  }
  const get = (name: string) => session.properties.get(name)
  const set = (name: string, value: unknown) => session.properties.set(name, value)
  const stored = () => manager.get(session.id)
  return { manager, session, elsewhere, get, set, stored, cart: () => get('cart') as Cart }
}

type SetUp = Awaited<ReturnType<typeof setUp>>

/** Another request changes the cart, and this one saves something else: its cart is no part of the session any more. */
async function replaced(merge?: Readonly<Record<string, MergeFunction>>) {
  const made = await setUp(merge)
  const cart = made.cart()
  await made.elsewhere('cart', ['theirs'])
  made.set('seen', 1)
  await made.session.save()
  return { ...made, old: cart }
}

const writes: Readonly<Record<string, (session: Session) => Promise<void>>> = {
  'save()': (session) => session.save(),
  'update()': (session) => session.update(() => session.properties.set('late', 1)),
  'the commit': (session) => session.commit(),
}

describe('an object that another request has replaced', () => {
  for (const [name, write] of Object.entries(writes)) {
    it(`makes ${name} fail if it is changed afterwards, before anything is written`, async () => {
      const { session, old, set, stored } = await replaced()
      old.push('lost')
      set('beside', 1)
      const { message, status } = await expectError('VALUE_STALE', () => write(session))
      expect(message).to.contain("'cart'").and.contain('ctx.session.cart')
      expect(status).to.equal(500)
      expect(await stored()).not.to.have.any.keys('beside', 'late')
    })
  }

  it('is told once for each change, and the session goes on with what it has', async () => {
    const { session, old, cart, set, stored } = await replaced()
    old.push('lost')
    set('beside', 1)
    await expectError('VALUE_STALE', () => session.save())
    await session.save()
    expect(await stored()).to.deep.include({ cart: ['theirs'], beside: 1 })
    old.push('lost too')
    await expectError('VALUE_STALE', () => session.save())
    cart().push('mine')
    await session.commit()
    expect(await stored()).to.deep.include({ cart: ['theirs', 'mine'] })
  })

  it('is no error if it is only held, or changed back', async () => {
    const { session, old, cart, stored } = await replaced()
    old.push('x')
    old.pop()
    cart().push(...old)
    await session.commit()
    expect(await stored()).to.deep.include({ cart: ['theirs', 'old'] })
  })

  it('is no error once the property was set or removed, or the object is in the session again', async () => {
    const ways: Readonly<Record<string, (made: SetUp, old: Cart) => unknown>> = {
      set: ({ set }) => set('cart', 'other'),
      remove: ({ session }) => session.properties.remove('cart'),
      replace: ({ session }) => session.properties.replace({ cart: 'other' }),
      'set again': ({ set }, old) => set('cart', old),
      'set elsewhere': ({ set }, old) => set('copy', old),
      'set in update()': ({ set, session }, old) => session.update(() => set('cart', old)),
    }
    for (const [way, act] of Object.entries(ways)) {
      for (const isEarly of [true, false]) {
        const made = await replaced()
        if (isEarly && way !== 'set in update()') made.old.push('more')
        await act(made, made.old)
        if (!isEarly) made.old.push('more')
        await made.session.commit()
        if (way === 'set elsewhere') expect(await made.stored(), way).to.deep.include({ copy: ['old', 'more'] })
        if (way === 'set again') expect(await made.stored(), way).to.deep.include({ cart: ['old', 'more'] })
      }
    }
  })

  it('is no error where the changes of the request are dropped, or the session is ended', async () => {
    for (const drop of [
      (session: Session) => session.commit({ keep: false }),
      (session: Session) => session.destroy(),
      (session: Session) => session.reload(),
    ]) {
      const { session, old } = await replaced()
      old.push('lost')
      await drop(session)
      await session.commit()
    }
  })

  it('may be a column, or be replaced by a merge function', async () => {
    const column = await setUp()
    const prefs = column.get('prefs') as { theme: string }
    await column.elsewhere('prefs', { theme: 'dark' })
    column.set('seen', 1)
    await column.session.save()
    prefs.theme = 'lost'
    await expectError('VALUE_STALE', () => column.session.save())

    const merged = await setUp({ cart: concat })
    const mine = merged.cart()
    mine.push('mine')
    await merged.elsewhere('cart', ['theirs'])
    await merged.session.save()
    expect(await merged.stored()).to.deep.include({ cart: ['theirs', 'old', 'mine'] })
    mine.push('lost')
    await expectError('VALUE_STALE', () => merged.session.save())
    merged.cart().push('more')
    await merged.session.save()
    expect(await merged.stored()).to.deep.include({ cart: ['theirs', 'old', 'mine', 'more'] })
  })

  it('is noticed whichever conflict of several has replaced it, also when it was set by the application', async () => {
    const { session, elsewhere, get, set } = await setUp()
    const held: { list: number[] }[] = []
    set('box', { list: [] })
    await session.save()
    for (const round of [1, 2, 3]) {
      held.push(get('box') as { list: number[] })
      await elsewhere('box', { list: [round] })
      set('round', round)
      await session.save()
    }
    for (const box of held) {
      box.list.push(9)
      await expectError('VALUE_STALE', () => session.save())
    }
    await session.commit()
  })

  it('is noticed at the commit, also if it is the first of many', async () => {
    for (const inside of [true, false]) {
      const { session, cart } = await setUp()
      const first = cart()
      const rest: Cart[] = []
      for (let round = 0; round < 250; round++) {
        await session.update(() => {
          cart().push('inside')
          if (inside) rest.push(cart())
        })
        if (!inside) rest.push(cart())
      }
      for (const old of [first, rest[0], rest[120], rest[248]]) {
        old?.push('lost')
        await expectError('VALUE_STALE', () => session.commit())
      }
      await session.commit()
    }
  })

  it('names all that have changed', async () => {
    const { session, elsewhere, set, get, cart } = await setUp()
    const [old, prefs] = [cart(), get('prefs') as { theme: string }]
    await elsewhere('cart', [])
    await elsewhere('prefs', null)
    set('seen', 1)
    await session.save()
    old.push('x')
    prefs.theme = 'x'
    const { message } = await expectError('VALUE_STALE', () => session.save())
    expect(message).to.contain("'prefs'").and.contain("'cart'")
  })

  it('is noticed when JSON.stringify, or toJSON(), has given it', async () => {
    const { session, elsewhere, set } = await setUp()
    const { cart } = session.properties.toObject() as { cart: Cart }
    await elsewhere('cart', [])
    set('seen', 1)
    await session.save()
    cart.push('x')
    await expectError('VALUE_STALE', () => session.save())
  })

  it('is noticed before and after a login, and in a late request that logs in itself', async () => {
    const { session, old, stored } = await replaced()
    await session.regenerate()
    old.push('lost')
    await expectError('VALUE_STALE', () => session.save())
    await session.save()
    old.push('lost')
    await expectError('VALUE_STALE', () => session.save())
    expect(await stored()).to.deep.include({ cart: ['theirs'] })
  })
})

describe('an object that a request holds over a write', () => {
  it('stays part of the session where others have changed something else, also one that is written in another form', async () => {
    const { session, elsewhere, set, get, cart, stored } = await setUp()
    const [held, visit] = [cart(), { at: new Date(0), pages: [] as string[], skipped: undefined }]
    set('visit', visit)
    await session.save()
    for (const round of ['first', 'second']) {
      await elsewhere('other', round)
      held.push(round)
      await session.save()
      visit.pages.push(round)
      await session.update(() => set('more', round))
      visit.pages.push('more')
    }
    await session.commit()
    expect(get('visit')).to.equal(visit)
    const pages = ['first', 'more', 'second', 'more']
    expect(await stored()).to.deep.include({
      cart: ['old', 'first', 'second'],
      visit: { at: new Date(0).toISOString(), pages },
    })
  })

  it('stays so over reload() where it is as it is stored; else its next change is an error', async () => {
    const { session, elsewhere, cart, get, stored } = await setUp()
    const [held, prefs] = [cart(), get('prefs') as { theme: string }]
    prefs.theme = 'forgotten'
    await elsewhere('other', 1)
    await session.reload()
    held.push('kept')
    await session.save()
    expect(await stored()).to.deep.include({ cart: ['old', 'kept'], prefs: { theme: 'light' } })
    prefs.theme = 'lost'
    await expectError('VALUE_STALE', () => session.save())
  })

  it('does not keep reload() from forgetting what cannot be stored', async () => {
    const { session, cart, stored } = await setUp()
    const held: unknown[] = cart()
    held.push(() => 'no value')
    await session.reload()
    await session.commit()
    expect(await stored()).to.deep.include({ cart: ['old'] })
  })
})

describe('an object out of the function of update()', () => {
  it('is part of the session afterwards, changed there or not', async () => {
    for (const isChanged of [true, false]) {
      const { session, cart, stored } = await setUp()
      let taken: Cart = []
      await session.update(() => {
        taken = cart()
        if (isChanged) taken.push('inside')
      })
      taken.push('after')
      expect(cart()).to.equal(taken)
      await session.commit()
      expect(await stored()).to.deep.include({ cart: isChanged ? ['old', 'inside', 'after'] : ['old', 'after'] })
    }
  })

  it('takes the place of one that was read before, whose next change is an error', async () => {
    for (const change of ['push', 'set'] as const) {
      const { session, set, cart, stored } = await setUp()
      const before = cart()
      let taken: Cart = []
      await session.update(() => {
        if (change === 'set') set('cart', ['old', 'inside'])
        taken = cart()
        if (change === 'push') taken.push('inside')
      })
      taken.push('after')
      await session.save()
      expect(await stored()).to.deep.include({ cart: ['old', 'inside', 'after'] })
      before.push('lost')
      await expectError('VALUE_STALE', () => session.save())
    }
  })

  it('is left out if one was read before and nothing was changed: its next change is an error', async () => {
    const { session, cart, stored } = await setUp()
    const before = cart()
    let taken: Cart = []
    await session.update(() => {
      taken = cart()
    })
    before.push('kept')
    await session.save()
    expect(await stored()).to.deep.include({ cart: ['old', 'kept'] })
    taken.push('lost')
    await expectError('VALUE_STALE', () => session.commit())
  })

  it('is left out if the function throws or runs again: its next change is an error', async () => {
    const { session, elsewhere, cart } = await setUp()
    const taken: Cart[] = []
    await session
      .update(() => {
        taken.push(cart())
        throw new RangeError('no')
      })
      .catch(() => {})
    await session.update(async () => {
      taken.push(cart())
      cart().push('inside')
      if (taken.length === 2) await elsewhere('other', 1)
    })
    const [thrown, again, last] = taken
    last?.push('kept')
    await session.save()
    for (const one of [thrown, again]) {
      one?.push('lost')
      await expectError('VALUE_STALE', () => session.save())
    }
  })

  it('may be one that the request has set there: what it holds later is stored later', async () => {
    const { session, set, stored } = await setUp()
    const mine = ['mine']
    await session.update(() => set('cart', mine))
    mine.push('more')
    await session.commit()
    expect(await stored()).to.deep.include({ cart: ['mine', 'more'] })
  })

  it('does not replace what other code of the request changes in the same property meanwhile', async () => {
    const { session, cart, set, stored } = await setUp()
    const before = cart()
    let inside: Cart = []
    await session.update(async () => {
      inside = cart()
      inside.push('inside')
      setImmediate(() => before.push('beside'))
      await new Promise(setImmediate)
    })
    set('seen', 1)
    await session.save()
    expect(await stored()).to.deep.include({ cart: ['old', 'beside'], seen: 1 })
    inside.push('lost')
    await expectError('VALUE_STALE', () => session.save())
  })

  it('is noticed in a late request, which sees nothing of what the session holds by now', async () => {
    const { manager } = await setUp()
    const start = await openSession(manager)
    start.properties.set('cart', ['old'])
    await start.commit()
    const late = await openSession(manager, start.id)
    const held = late.properties.get('cart') as Cart
    await start.regenerate()
    start.properties.set('cart', ['secret'])
    await start.commit()
    let taken: Cart = []
    await late.update(() => {
      taken = late.properties.get('cart') as Cart
      late.properties.set('seen', 1)
    })
    expect(taken).to.deep.equal(['secret'])
    expect(late.properties.get('cart')).to.equal(held)
    taken.push('lost')
    await expectError('VALUE_STALE', () => late.save())
    held.push('late')
    await late.commit()
    expect(await manager.get(start.id)).to.deep.include({ cart: ['old', 'late'] })
  })
})
