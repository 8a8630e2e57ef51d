import { isDeepStrictEqual } from 'node:util'
import { expect } from 'chai'
import fc from 'fast-check'
import { MemorySessionBackend, SessionManager } from 'koa-session-model'
import type { TestColumns } from 'koa-session-model/testing'
import { everyBackend, type Store } from './support/every-backend.js'
import { asJsonHasIt, sessionValues } from './support/session-values.js'
import { holds, isLong, sizeOf } from './support/sizes.js'
import { Tally } from './support/tally.js'

const perSession = 25
/** So many sessions are in the table; after that they are overwritten. */
const sessions = 40

type Properties = Record<string, unknown>

describe('any session value', function () {
  this.timeout(isLong ? 0 : 60_000)
  let stores: Store[] = []

  before(async () => {
    stores = await everyBackend()
  })
  after(() => Promise.all(stores.map(({ close }) => close())))

  it('comes back as JSON has it, from every backend, plain and encrypted', async () => {
    const tally = new Tally('Session values')
    let written = 0
    const property = fc.asyncProperty(sessionValues(perSession), async (values) => {
      const id = `session ${written++ % sessions}`
      const expected = asJsonHasIt({ ...values, userId: null, label: null }) as Properties
      await Promise.all(stores.map((store) => storeAndRead(store, id, values, expected, tally)))
      tally.count('values tried', perSession)
    })
    await holds(property, Math.ceil(sizeOf('values') / perSession))
    tally.close()
    if (isLong) console.log(`  each ${stores.length * 2} times: ${stores.map(({ name }) => name).join('; ')}`)
  })
})

describe('values that JSON has no word for', () => {
  it('are decided: -0 comes back as 0, and halves of surrogate pairs as they are', async () => {
    const manager = new SessionManager<object>({ backend: new MemorySessionBackend(), cleanup: false })
    await manager.set('a', { zero: -0, half: '\ud800', '\udfff': ['\udfff\ud800'] })
    const stored = await manager.get('a')
    expect(Object.is(stored?.zero, 0)).to.equal(true)
    expect({ ...stored }).to.deep.equal({ zero: 0, half: '\ud800', '\udfff': ['\udfff\ud800'] })
  })
})

async function storeAndRead(
  { name, managers }: Store,
  id: string,
  values: Properties,
  expected: Properties,
  tally: Tally,
) {
  for (const [index, manager] of managers.entries()) {
    const kind = index === 0 ? 'plain' : 'encrypted'
    await manager.set(`${kind} ${id}`, values)
    await expectStored(`${name}, ${kind}`, manager, `${kind} ${id}`, expected)
    tally.count(`sessions read back, ${kind}`)
  }
}

async function expectStored(where: string, manager: SessionManager<TestColumns>, id: string, expected: Properties) {
  const stored = await manager.get(id)
  // Chai would print all of it.
  if (isDeepStrictEqual({ ...stored }, expected)) return
  const wrong = Object.keys({ ...expected, ...stored }).find(
    (key) => !isDeepStrictEqual(Reflect.get(stored ?? {}, key), expected[key]),
  )
  expect.fail(
    `${where}: ${JSON.stringify(wrong)} came back as ${JSON.stringify(wrong && Reflect.get(stored ?? {}, wrong))}`,
  )
}
