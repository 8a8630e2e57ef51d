import { strict as assert } from 'node:assert'
import { Connection, requestText } from '../load/connection.mjs'
import { cookieOf } from '../load/response.mjs'
import { startServer } from '../processes.mjs'
import { sampleSession } from '../servers/app.mjs'

/** Throws unless the competitor does what is measured later: answers, stores, and gives nothing to strangers. */
export async function check(competitor) {
  const server = await startServer(competitor.name)
  const client = new Connection(server.port)
  try {
    await checkWithoutCookie(client)
    if (!competitor.kinds.includes('write')) return
    const cookie = await checkWithCookie(client, competitor)
    if (competitor.database) await checkDurable(competitor, cookie)
  } catch (error) {
    throw new Error(`${competitor.title} answers wrongly: ${error.message}`, { cause: error })
  } finally {
    client.close()
    await server.stop()
  }
}

async function checkWithoutCookie(client) {
  const response = await client.send(requestText('GET', '/none'))
  assert.equal(response.status, 200)
  assert.equal(response.body, 'ok')
  assert.equal(cookieOf(response), '', 'a request that touches no session got a cookie')
}

async function checkWithCookie(client) {
  const login = async () => cookieOf(await client.send(requestText('POST', '/login')))
  const [cookie, other] = [await login(), await login()]
  assert.notEqual(cookie, other)
  const send = async (method, path, of) => (await client.send(requestText(method, path, of))).body
  assert.equal(await send('GET', '/read', cookie), sampleSession().user.name)
  for (const views of ['1', '2']) assert.equal(await send('POST', '/write', cookie), views)
  assert.equal(await send('GET', '/counter', cookie), '2')
  assert.equal(await send('GET', '/counter', other), '0', 'two sessions are mixed up')
  return cookie
}

/** Another process finds what the first one has stored. */
async function checkDurable({ name }, cookie) {
  const server = await startServer(name)
  const client = new Connection(server.port)
  try {
    const { body } = await client.send(requestText('GET', '/counter', cookie))
    assert.equal(body, '2', 'another process does not find the session')
  } finally {
    client.close()
    await server.stop()
  }
}
