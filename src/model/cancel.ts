import { isIP } from 'node:net'

/** How long a cancelling connection may take, in milliseconds: meanwhile the connection that is given up stays taken. */
const longestCancel = 1000

/** What is used of a client of `pg`: where it is connected to, and the key that PostgreSQL gave it. */
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

/** What is used of a connection of `pg`, which speaks the protocol for its client. */
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
 * Asks PostgreSQL to cancel the statement that this client waits for, as a server that waits for a lock does not notice that
 * a client has gone, and would still write. Does nothing for clients of other databases.
 *
 * The request has the secret key of the client's own connection, so that it can reach no other one, also behind a pooler
 * such as PgBouncer, which gives keys of its own. The client must stay connected until the promise resolves, and must not be
 * used again: the request may arrive late. The promise never rejects.
 *
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 */
export async function cancelStatement(client: unknown): Promise<void> {
  if (!isPostgresClient(client)) return
  try {
    await send(client)
  } catch {
    // The statement then ends by itself.
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

/** The server that the client is connected to: its name may stand for several, one of them the right one. */
function addressOf({ host, port, connection }: PostgresClient): [port: number | string, host?: string] | undefined {
  const { remoteAddress, remotePort } = connection.stream
  if (remoteAddress !== undefined && remotePort !== undefined) return [remotePort, remoteAddress]
  return host?.startsWith('/') ? [`${host}/.s.PGSQL.${port}`] : undefined
}

/** The certificate is for the name of the server, not for its address. The private key is not enumerable. */
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
