import type { SessionPlace } from 'koa-session-model'
import { MemorySessionBackend } from 'koa-session-model'
import { typeormRows } from '../../support/typeorm-rows.js'

/** The custom columns of the sessions in these tests. */
export type Columns = { userId: number | null; label: string | null }

/** Somewhere to keep sessions. */
export interface Place {
  readonly name: string
  open(table: string): Promise<{ place: SessionPlace<Columns>; close(): Promise<void> }>
}

const memory: Place = {
  name: 'memory',
  open: async () => ({
    place: { backend: new MemorySessionBackend<Columns>({ userId: null, label: null }) },
    close: async () => {},
  }),
}

/** Memory, and a real ORM that needs no server. */
export const places: readonly Place[] = [
  memory,
  ...typeormRows.slice(0, 1).map(({ name, open }) => ({
    name,
    open: async (table: string) => {
      const { model, close } = await open({ table })
      return { place: { model } as SessionPlace<Columns>, close }
    },
  })),
]
