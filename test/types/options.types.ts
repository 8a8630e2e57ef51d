import { MemorySessionBackend, SessionManager, SessionModel, type SessionOptions, session } from 'koa-session-model'
import { models } from './models.js'

const { model } = models()
const backend = new MemorySessionBackend()

session({ model })
session({ backend, key: 'id', property: 'admin', maxAge: '30d', rolling: false, touchAfter: 0.5, cleanup: false })
session({ model, maxAge: 1000, absoluteTimeout: '90d', idBytes: 64, hashIds: false, now: () => 0 })
session({ model, cleanup: { interval: '1h', batch: 10 }, serializer: { serialize: String, deserialize: JSON.parse } })
session({ model, cookie: { domain: 'x.org', path: '/', secure: 'auto', sameSite: 'none', priority: 'low' } })
session({ model, merge: { cart: (_base, mine, _theirs) => mine } })
session(new SessionManager({ model }))

// @ts-expect-error: no such option
session({ model, maxage: 1000 })
// @ts-expect-error: a wrong type
session({ model, maxAge: true })
// @ts-expect-error: a wrong type
session({ model, rolling: 'yes' })
// @ts-expect-error: a wrong type
session({ model, touchAfter: '10%' })
// @ts-expect-error: a wrong type
session({ model, cleanup: true })
// @ts-expect-error: a wrong type
session({ model, now: new Date() })
// @ts-expect-error: no such value
session({ model, cookie: { sameSite: 'None' } })
// @ts-expect-error: no such attribute
session({ model, cookie: { maxAge: 1000 } })
// @ts-expect-error: not a function
session({ model, merge: { cart: 'union' } })
// @ts-expect-error: no model
session({ model: class {} })
// @ts-expect-error: no backend
session({ backend: {} })
// @ts-expect-error: the model itself is not the options
session(model)
// @ts-expect-error: no options
session()

const options: SessionOptions = { model }
// @ts-expect-error: options are only read
options.maxAge = 5

@SessionModel({ tableName: 'x', columns: { id: 'sid', data: { name: 'd', type: 'blob' }, version: false } })
class Named {}
void Named

// @ts-expect-error: no parentheses
@SessionModel
class WithoutParentheses {}
void WithoutParentheses

// @ts-expect-error: no such option
SessionModel({ table: 'x' })
// @ts-expect-error: no such column
SessionModel({ columns: { user: 'x' } })
// @ts-expect-error: a session needs its id
SessionModel({ columns: { id: false } })
