import { isIP } from 'node:net'

/** The time limit of the cancel request, in milliseconds. The abandoned connection stays in use meanwhile. */
const longestCancel = 1000

/** The members of a client of `pg` that are used: its address, and the key that PostgreSQL gave it. */
interface PostgresClient {
  readonly processID: number
  readonly secretKey: number
  readonly host?: string
  readonly port?: number
  readonly connection: {
    readonly stream: { readonly remoteAddress?: string; readonly remotePort?: number }
    readonly ssl?: boolean | object
    readonly sslNegotiation?: string
    readonly constructor: unknown
  }
}

/** The members of a connection of `pg` that are used. It speaks the protocol for its client. */
interface PostgresConnection {
  readonly stream: { destroy(): void; unref?(): void }
  connect(port: number | string, host?: string): void
  requestSsl(): void
  cancel(processID: number, secretKey: number): void
  on(event: 'connect' | 'sslconnect' | 'error' | 'end', listener: () => void): void
}

type ConnectionClass = new (options: {
  ssl: boolean | object
  sslNegotiation: string | undefined
}) => PostgresConnection

/**
 * Asks PostgreSQL to cancel the statement that this client waits for. A server that waits for a lock does not notice that a
 * client has gone, and would still write. Does nothing for clients of other databases.
 *
 * The request carries the secret key of the client's own connection, so it reaches no other one, even behind a pooler such
 * as PgBouncer, which issues its own keys. The client must stay connected until the promise resolves, and must not be used
 * again: the request may arrive late. The promise never rejects.
 *
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 */
export async function cancelStatement(client: unknown): Promise<void> {
  if (!isPostgresClient(client)) return
  try {
    await send(client)
  } catch {
    // Without the cancel request, the statement ends by itself.
  }
}

function send(client: PostgresClient): Promise<void> {
  return new Promise((resolve, reject) => {
    const { host, connection: own } = client
    const address = addressOf(client)
    if (!address) return resolve()
    const ssl = sslFor(own.ssl, host)
    const { sslNegotiation } = own
    const connection = new (own.constructor as ConnectionClass)({ ssl, sslNegotiation })
    const cancel = (): void => connection.cancel(client.processID, client.secretKey)
    const limit = setTimeout(() => connection.stream.destroy(), longestCancel)
    connection.on('connect', () => {
      if (!ssl) cancel()
      else if (sslNegotiation !== 'direct') connection.requestSsl()
    })
    connection.on('sslconnect', cancel)
    connection.on('error', () => connection.stream.destroy())
    connection.on('end', () => {
      clearTimeout(limit)
      resolve()
    })
    try {
      connection.connect(...address)
    } catch (error) {
      clearTimeout(limit)
      reject(error)
    }
  })
}

/** The address of the server that the client is connected to. A host name may resolve to several servers. */
function addressOf({ host, port, connection }: PostgresClient): [port: number | string, host?: string] | undefined {
  const { remoteAddress, remotePort } = connection.stream
  if (remoteAddress !== undefined && remotePort !== undefined) return [remotePort, remoteAddress]
  return host?.startsWith('/') ? [`${host}/.s.PGSQL.${port}`] : undefined
}

/**
 * The TLS options for the cancel request. Certificates are issued for the server's name, not its address. The private key
 * is not enumerable, so it is copied by name.
 */
function sslFor(ssl: boolean | object | undefined, host: string | undefined): boolean | object {
  if (!ssl) return false
  const options = ssl === true ? {} : ssl
  const named = host !== undefined && isIP(host) === 0 ? { host, servername: host } : {}
  return { ...named, ...options, ...('key' in options && { key: options.key }) }
}

function isPostgresClient(client: unknown): client is PostgresClient {
  const { processID, secretKey, connection } = (client ?? {}) as Partial<PostgresClient>
  return typeof processID === 'number' && secretKey !== undefined && typeof connection?.constructor === 'function'
}
