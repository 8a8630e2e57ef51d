import { once } from 'node:events'
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import {
  bearer,
  cookie,
  MemorySessionBackend,
  SessionManager,
  type SessionPolicy,
  type Transport,
} from 'koa-session-model'
import { expectError } from '../../support/errors.js'

async function opened(transport: NonNullable<SessionPolicy['transport']>) {
  const backend = new MemorySessionBackend<{ userId: number | null }>({ userId: null })
  const manager = new SessionManager({ backend, cleanup: false, transport })
  const rejected: string[] = []
  manager.on('rejected', ({ reason }) => rejected.push(reason))
  const { id } = await manager.create({ userId: 42 })
  return { manager, rejected, id, other: (await manager.create({ userId: 7 })).id }
}

describe('fromRequest() with transports', () => {
  it('opens the session of a bearer token', async () => {
    const { manager, id } = await opened(bearer())
    expect((await manager.fromRequest({ headers: { authorization: `Bearer ${id}` } }))?.userId).to.equal(42)
    expect(await manager.fromRequest({ headers: { cookie: `sid=${id}` } })).to.equal(undefined)
    expect(await manager.fromRequest({ headers: {} })).to.equal(undefined)
  })

  it('opens the session that a transport of the application finds in the bare request', async () => {
    const protocol: Transport = { read: ({ headers }) => `${headers['sec-websocket-protocol'] ?? ''}`.split('id.')[1] }
    const { manager, id } = await opened([protocol, cookie()])
    expect((await manager.fromRequest({ headers: { 'sec-websocket-protocol': `chat, id.${id}` } }))?.userId).to.equal(
      42,
    )
    expect((await manager.fromRequest({ headers: { cookie: `sid=${id}` } }))?.userId).to.equal(42)
  })

  it('opens the session of an upgrade with a token', async () => {
    const { manager, id } = await opened([bearer(), cookie()])
    const server = createServer()
    server.on('upgrade', async (request, socket) => {
      const session = await manager.fromRequest(request)
      socket.end(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nX-User: ${session?.userId}\r\n\r\n`)
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const headers = { Connection: 'Upgrade', Upgrade: 'websocket', Authorization: `Bearer ${id}` }
    const asked = get({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, headers })
    const [response] = await once(asked, 'upgrade')
    expect(response.headers['x-user']).to.equal('42')
    server.close()
  })

  it('reports what is no id, and opens nothing', async () => {
    const { manager, rejected, id } = await opened([bearer(), cookie()])
    for (const headers of [{ authorization: 'Bearer null', cookie: `sid=${id}` }, { cookie: 'sid=short' }]) {
      expect(await manager.fromRequest({ headers })).to.equal(undefined)
    }
    expect(rejected).to.deep.equal(['malformed', 'malformed'])
  })

  it('takes one header of several lines, and no two tokens', async () => {
    const { manager, rejected, id } = await opened({ read: ({ headers }) => headers['x-id'] })
    expect((await manager.fromRequest({ headers: { 'x-id': [id] } }))?.userId).to.equal(42)
    expect(await manager.fromRequest({ headers: { 'x-id': [id, id] } })).to.equal(undefined)
    expect(await manager.fromRequest({ headers: { 'x-id': [] } })).to.equal(undefined)
    expect(rejected).to.deep.equal(['malformed'])
    const { manager: tokens, id: token } = await opened(bearer())
    const authorization = [`Bearer ${token}`, `Bearer ${token}`]
    expect(await tokens.fromRequest({ headers: { authorization } })).to.equal(undefined)
  })

  it('refuses two different ids', async () => {
    const { manager, id, other } = await opened([bearer(), cookie()])
    const request = (cookieId: string) => ({ headers: { authorization: `Bearer ${id}`, cookie: `sid=${cookieId}` } })
    const error = await expectError('TRANSPORT_CONFLICT', () => manager.fromRequest(request(other)))
    expect(error).to.include({ status: 400, expose: true })
    expect(error.message).to.not.include(id).and.to.not.include(other)
    expect((await manager.fromRequest(request(id)))?.userId).to.equal(42)
  })
})
