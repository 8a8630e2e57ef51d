import { type SessionBackend, SessionManager } from 'koa-session-model'
import { Clock } from './clock.js'
import { openSession } from './open-session.js'

/** The columns of a model that {@link lifeOf} uses. `level` has the default 3. */
export interface LifeColumns {
  userId: number | null
  label: string | null
  level: number | null
}

type Life = Record<string, unknown>

const several = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => `p${n}`)

/** Leads sessions through everything that can become of them, and tells what was seen: it is the same on every database. */
export async function lifeOf(backend: SessionBackend<LifeColumns>): Promise<Life> {
  const clock = new Clock()
  const manager = new SessionManager({
    backend,
    cleanup: false,
    now: clock.now,
    maxAge: '1h',
    touchAfter: 0,
    grace: '10s',
  })
  try {
    await manager.deleteAll()
    const seen = { ...(await begin(manager, clock)), ...(await goOn(manager, clock)), ...(await end(manager, clock)) }
    return JSON.parse(textOf(seen)) as Life
  } finally {
    manager.close()
  }
}

type Manager = SessionManager<LifeColumns>

async function begin(manager: Manager, clock: Clock): Promise<Life> {
  const session = await openSession(manager)
  session.properties.set('userId', 1)
  session.properties.set('cart', ['é', { n: 1 }])
  await session.commit()
  const created = await manager.get(session.id)
  await Promise.all(several.map((id, n) => manager.set(id, { userId: n, label: id, level: null, text: id })))
  const loaded = await Promise.all([...several, 'nobody'].map((id) => manager.get(id)))
  await Promise.all(several.map((id, n) => manager.set(id, { userId: n, label: null, level: n, more: n })))
  const rewritten = await Promise.all(several.map((id) => manager.get(id)))
  await Promise.all([1, 2, 3, 4].map(() => count(manager, 'p3')))
  clock.pass(60)
  const touched = await openSession(manager, 'p4')
  touched.touch()
  await touched.commit()
  return { created, loaded, rewritten, counted: await manager.get('p3'), touched: await listed(manager, { userId: 4 }) }
}

async function count(manager: Manager, id: string): Promise<void> {
  const session = await openSession(manager, id)
  await session.update(() => session.properties.set('n', Number(session.properties.get('n') ?? 0) + 1))
}

async function goOn(manager: Manager, clock: Clock): Promise<Life> {
  const session = await openSession(manager, 'p5')
  session.properties.set('label', 'now')
  await session.regenerate()
  await session.commit()
  const within = await manager.get('p5')
  clock.pass(60)
  const regenerated = [await manager.get(session.id), within, await manager.get('p5')]
  const lists = [await listed(manager, { label: null }), await listed(manager, { label: 'now' })]
  return { regenerated, lists }
}

async function listed(manager: Manager, where: Partial<LifeColumns>): Promise<unknown> {
  const rows = await manager.list(where)
  const texts = rows.map(({ expires, createdAt, properties }) => textOf({ expires, createdAt, properties }))
  return texts.sort()
}

/** Some drivers can be told to give integers as bigints. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? Number(part) : part))
}

async function end(manager: Manager, clock: Clock): Promise<Life> {
  const revoked = [await manager.revoke({ userId: 6 }), await manager.get('p6'), await manager.revoke({ userId: 6 })]
  await manager.delete('p7')
  const deleted = [await manager.get('p7'), await manager.get('p2')]
  const leaving = await openSession(manager, 'p2')
  await leaving.destroy()
  await leaving.commit()
  const left = [await manager.get('p2'), (await manager.list({ userId: 2 })).length]
  await manager.set('early', { userId: 50 })
  clock.pass(3000)
  await manager.set('late', { userId: 50 })
  clock.pass(1000)
  const cleaned = [
    (await manager.list({ userId: 50 })).length,
    await manager.get('early'),
    await manager.deleteExpired(),
  ]
  return { revoked, deleted, left, cleaned, kept: await manager.get('late'), all: await manager.deleteAll() }
}
