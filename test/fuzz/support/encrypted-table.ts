import { randomBytes } from 'node:crypto'
import { MemorySessionBackend, type SessionBackend, SessionManager, type SessionRow } from 'koa-session-model'
import { Clock } from '../../support/clock.js'
import { openSession } from '../../support/open-session.js'

export type Columns = { userId: number | null }

/** A table with encrypted sessions, written with two keys, and those who read it. */
export interface EncryptedTable {
  readonly backend: SessionBackend<Columns>
  /** Has both keys. */
  readonly manager: SessionManager<Columns>
  /** Have no key, and another one. */
  readonly strangers: readonly SessionManager<Columns>[]
  readonly ids: readonly string[]
  contentOf(id: string): Record<string, unknown>
  rowOf(id: string): Promise<SessionRow>
}

const contents: readonly Record<string, unknown>[] = [
  { secret: 'first', userId: 1 },
  { secret: 'second', userId: 2, long: 'x'.repeat(300) },
  { secret: 'third', userId: null, nested: { list: [1, 2, 3] } },
  { secret: 'fourth', userId: 4 },
]

export async function encryptedTable(): Promise<EncryptedTable> {
  const backend = new MemorySessionBackend<Columns>({ userId: null })
  const [current, old] = [randomBytes(32), randomBytes(32)]
  const clock = new Clock()
  const open = (encryptionKeys: Buffer[]): SessionManager<Columns> =>
    new SessionManager({ backend, cleanup: false, encryptionKeys, now: clock.now })
  const [manager, before] = [open([current, old]), open([old])]
  const ids = contents.flatMap((_, index) => [`new ${index}`, `old ${index}`])
  for (const [index, content] of contents.entries()) {
    await manager.set(`new ${index}`, content)
    await before.set(`old ${index}`, content)
  }
  await giveMeta(manager, 'new 3')
  const rowOf = async (id: string): Promise<SessionRow> => {
    const [row] = await backend.find([manager.rowId(id)])
    if (!row) throw new Error(`There is no row of ${id}.`)
    return row
  }
  const contentOf = (id: string): Record<string, unknown> => contents[Number(id.slice(4))] ?? {}
  return { backend, manager, strangers: [open([]), open([randomBytes(32)])], ids, contentOf, rowOf }
}

/** Lets the row of a session have more meta data than the key. */
async function giveMeta(manager: SessionManager<Columns>, id: string): Promise<void> {
  const session = await openSession(manager, id)
  session.changeable.changeMeta({ maxAge: 3_600_000, authenticatedAt: 1 })
  await session.save()
}
