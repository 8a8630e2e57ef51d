import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { OwnProcess } from '../own-process.js'
import type { GaleraNode } from './galera.js'
import { isOpen } from './postgres-proxy.js'

/** A node behind the proxy, and where it is asked over HTTP whether it is synchronized. */
export interface CheckedNode {
  readonly node: GaleraNode
  readonly check: number
}

/** Answers 200 if this node takes statements, else 503, as the script `clustercheck` does. */
export async function syncCheck({ node, check }: CheckedNode): Promise<Server> {
  const server = createServer(async (_, response) => {
    response.writeHead((await node.isSynced()) ? 200 : 503, { connection: 'close' }).end()
  })
  server.listen(check, '127.0.0.1')
  await once(server, 'listening')
  return server
}

/** Starts HAProxy before all nodes. A node that fails its check loses its connections, and a refused one goes elsewhere. */
export async function galeraProxy(folder: string, port: number, nodes: readonly CheckedNode[]): Promise<OwnProcess> {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'galera-proxy.cfg')
  const lines = [
    'defaults',
    '  mode tcp',
    '  timeout connect 1s',
    '  timeout client 10m',
    '  timeout server 10m',
    '  timeout check 1s',
    '  retries 3',
    '  option redispatch 1',
    'listen sessions',
    `  bind 127.0.0.1:${port}`,
    '  balance roundrobin',
    '  option httpchk GET /',
    '  http-check expect status 200',
    '  default-server inter 500ms fastinter 200ms downinter 200ms rise 1 fall 2 on-marked-down shutdown-sessions',
    ...nodes.map(({ node, check }) => `  server ${node.name} 127.0.0.1:${node.port} check port ${check}`),
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  return OwnProcess.start({
    name: 'galera-proxy',
    command: '/usr/sbin/haproxy',
    args: ['-db', '-f', file],
    folder,
    isReady: () => isOpen(port),
  })
}
