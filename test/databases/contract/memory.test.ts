import { MemorySessionBackend } from 'koa-session-model'
import { type TestColumns, testBackend } from 'koa-session-model/testing'
import { after, before, describe, it } from 'mocha'

const columns: TestColumns = { userId: null, label: null }

testBackend({ describe, it, before, after }, 'memory', async () => ({
  backend: new MemorySessionBackend(columns),
  close: async () => {},
}))
