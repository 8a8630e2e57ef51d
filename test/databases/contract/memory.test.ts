import { MemorySessionBackend } from 'koa-session-model'
import { type TestColumns, testBackend } from 'koa-session-model/testing'
import { after, before, describe, it } from 'mocha'

const columns: TestColumns = { userId: null, label: null }

for (const lastSeenAt of [false, true])
  testBackend({ describe, it, before, after }, lastSeenAt ? 'memory, with lastSeenAt' : 'memory', async () => ({
    backend: new MemorySessionBackend(columns, { lastSeenAt }),
    close: async () => {},
  }))
