import { randomBytes } from 'node:crypto'
import { MemorySessionBackend, SessionManager } from 'koa-session-model'
import type { TestColumns } from 'koa-session-model/testing'
import { allowLargePackets } from '../../support/databases.js'
import { reachable } from '../../support/matrix.js'
import { sequelizeRows } from '../../support/sequelize-rows.js'
import { typeormRows } from '../../support/typeorm-rows.js'

/** Two managers of one backend: one encrypts. */
export interface Store {
  readonly name: string
  readonly managers: readonly SessionManager<TestColumns>[]
  close(): Promise<void>
}

/** The whole matrix, and memory. */
export async function everyBackend(): Promise<Store[]> {
  const rows = await reachable([...typeormRows, ...sequelizeRows])
  if (rows.some(({ server }) => server === 'mariadb')) await allowLargePackets()
  const backend = new MemorySessionBackend<TestColumns>({ userId: null, label: null })
  const stores = [store('memory', { backend }, async () => {})]
  for (const { name, open } of rows) {
    const { model, close } = await open({ table: `fuzz_${name.replace(/\W+/g, '_').toLowerCase()}` })
    stores.push(store(name, { model }, close))
  }
  return stores
}

type Place = ConstructorParameters<typeof SessionManager<TestColumns>>[0]

function store(name: string, place: Place, close: () => Promise<void>): Store {
  const plain = new SessionManager<TestColumns>({ ...place, cleanup: false })
  const encrypting = new SessionManager<TestColumns>({ ...place, cleanup: false, encryptionKeys: [randomBytes(32)] })
  return { name, managers: [plain, encrypting], close }
}
