import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { PostgresServer } from './postgres.js'

/** Answers `GET` with 200 if this PostgreSQL is a primary, else with 503: what Patroni answers to `/primary`. */
export async function roleCheck(server: PostgresServer, port: number): Promise<Server> {
  const check = createServer(async (_, response) => {
    response.writeHead((await server.isPrimary()) ? 200 : 503, { connection: 'close' }).end()
  })
  check.listen(port, server.host)
  await once(check, 'listening')
  return check
}
