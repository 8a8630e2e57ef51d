import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { type Server, servers } from '../../../support/databases.js'

/**
 * What becomes of the statement with a marker: the connection is cut before it is forwarded, after its answer came (which
 * is not forwarded), or nothing is forwarded any more.
 */
export type Accident = 'before' | 'after' | 'freeze'

/** A server of the matrix, behind a network that can fail. */
export interface Proxy {
  readonly port: number
  /** How many statements with the marker were sent. */
  readonly sent: number
  /** Lets this happen to the next statements, one if nothing is said, that contain the marker, in upper or lower case. */
  arm(accident: Accident, marker: string, times?: number): void
  /** Cuts all connections, and new ones as soon as they are made. */
  hangUp(): void
  /** Cuts all connections, and takes no more. */
  close(): Promise<void>
}

/** The command of MySQL that prepares a statement: another one executes it. */
const prepare = 0x16

class CuttingProxy implements Proxy {
  sent = 0
  readonly #target: Server
  readonly #sockets = new Set<Socket>()
  readonly #server = createServer((client) => this.#join(client))
  #accident: Accident | undefined
  #marker = ''
  /** How many statements it happens to from now on. */
  #times = 0
  #isHangingUp = false

  constructor(target: Server) {
    this.#target = target
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  arm(accident: Accident, marker: string, times = 1): void {
    this.#accident = accident
    this.#times = times
    this.#marker = marker.toLowerCase()
    this.sent = 0
  }

  hangUp(): void {
    this.#isHangingUp = true
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    this.hangUp()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(client: Socket): void {
    if (this.#isHangingUp) return void client.destroy()
    const { host, port } = servers[this.#target]
    const server = connect(port, host)
    let accident: Accident | undefined
    let answers = 0
    const cut = () => {
      client.destroy()
      server.destroy()
    }
    for (const socket of [client, server]) {
      this.#sockets.add(socket)
      socket.on('error', () => {}).on('close', () => accident !== 'freeze' && cut())
    }
    client.on('data', (data) => {
      if (this.#marker && textOf(data).includes(this.#marker)) {
        this.sent++
        if (this.#times-- > 0) accident ??= this.#accident
        answers = data[4] === prepare ? 2 : 1
      }
      if (accident === 'before') cut()
      else if (accident !== 'freeze') server.write(data)
    })
    server.on('data', (data) => {
      if (accident === 'after' && --answers === 0) cut()
      else if (accident !== 'freeze') client.write(data)
    })
  }
}

function textOf(data: Buffer): string {
  return data.toString('latin1').toLowerCase()
}

/** Stands before this server. */
export function proxyFor(target: Server): Promise<Proxy> {
  return new CuttingProxy(target).listen()
}
