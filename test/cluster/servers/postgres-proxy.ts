import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { OwnProcess } from '../own-process.js'

/** A PostgreSQL behind the proxy. */
export interface Node {
  readonly name: string
  readonly port: number
  /** Where it is asked over HTTP whether it is the primary. Default: it is only asked whether its port is open. */
  readonly check?: number
}

/** Starts HAProxy before PostgreSQL. It leads to the first node that passes its check, and cuts the connections to others. */
export async function postgresProxy(folder: string, port: number, nodes: readonly Node[]): Promise<OwnProcess> {
  mkdirSync(folder, { recursive: true })
  const isAsked = nodes.every(({ check }) => check !== undefined)
  const file = join(folder, 'postgres-proxy.cfg')
  const server = ({ name, port: target, check }: Node, index: number): string => {
    const asked = check === undefined ? '' : ` port ${check}`
    const spare = index > 0 && !isAsked ? ' backup' : ''
    return `  server ${name} 127.0.0.1:${target} check${asked}${spare}`
  }
  const lines = [
    'defaults',
    '  mode tcp',
    '  timeout connect 1s',
    '  timeout client 10m',
    '  timeout server 10m',
    '  timeout check 1s',
    '  retries 0',
    'listen sessions',
    `  bind 127.0.0.1:${port}`,
    ...(isAsked ? ['  option httpchk OPTIONS /primary', '  http-check expect status 200'] : []),
    '  default-server inter 500ms fastinter 200ms downinter 200ms rise 1 fall 2 on-marked-down shutdown-sessions',
    ...nodes.map(server),
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  return OwnProcess.start({
    name: 'postgres-proxy',
    command: '/usr/sbin/haproxy',
    args: ['-db', '-f', file],
    folder,
    isReady: async () => {
      await wait(1200) // HAProxy takes each node for good until two checks have failed
      return isOpen(port)
    },
  })
}

/** Whether something listens on a port of this machine. */
export function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}
