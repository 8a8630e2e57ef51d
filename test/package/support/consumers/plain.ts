import { MemorySessionBackend, SessionManager, session } from 'koa-session-model'

export const manager = new SessionManager({ backend: new MemorySessionBackend({ userId: null as number | null }) })
export const middleware = session(manager)

await manager.set('some-id', { userId: 42, cart: ['apple'] })
const stored = await manager.get('some-id')
if (stored?.userId !== 42) throw new Error('The session does not hold what was stored.')
manager.close()
