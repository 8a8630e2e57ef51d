import { Connection, requestText } from './connection.mjs'
import { cookieOf } from './response.mjs'

const withoutSession = { requests: { none: requestText('GET', '/none') } }

/** One connection and the sessions that only it uses, so that it knows what each must hold. */
export class Client {
  #connection
  #sessions = []
  #turn

  /** @param number Which of the connections this is: not all write at the same moment where reads and writes are mixed. */
  constructor(port, number = 0) {
    this.#connection = new Connection(port)
    this.#turn = number
  }

  async login(count) {
    for (let i = 0; i < count; i++) {
      const response = await this.#connection.send(requestText('POST', '/login'))
      const cookie = cookieOf(response)
      if (response.status !== 204 || !cookie)
        throw new Error(`login gave status ${response.status}, cookie '${cookie}'`)
      const requests = {
        read: requestText('GET', '/read', cookie),
        write: requestText('POST', '/write', cookie),
        none: withoutSession.requests.none,
        counter: requestText('GET', '/counter', cookie),
      }
      this.#sessions.push({ requests, writes: 0 })
    }
  }

  /** One request of this kind; every time another session. */
  async request(kind) {
    const turn = this.#turn++
    const session = this.#sessions[turn % this.#sessions.length] ?? withoutSession
    const sent = kind === 'mixed' ? mixedKind(turn) : kind
    const { status, body } = await this.#connection.send(session.requests[sent])
    if (status !== 200 || body !== expected(sent, session)) throw new Error(`${sent} gave ${status} '${body}'`)
  }

  /** Whether every write that was answered is stored. */
  async verify() {
    for (const { requests, writes } of this.#sessions) {
      const { body } = await this.#connection.send(requests.counter)
      if (body !== String(writes)) throw new Error(`a session holds ${body} writes, and ${writes} were answered`)
    }
  }

  close() {
    this.#connection.close()
  }
}

/** One write in ten requests, each time in the place of another one, so that all sessions are written to. */
function mixedKind(turn) {
  return turn % 10 === Math.floor(turn / 10) % 10 ? 'write' : 'read'
}

function expected(kind, session) {
  if (kind === 'none') return 'ok'
  return kind === 'read' ? 'Ada Lovelace' : String(++session.writes)
}
