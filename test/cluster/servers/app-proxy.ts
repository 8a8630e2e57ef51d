import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OwnProcess } from '../own-process.js'
import { isOpen } from './postgres-proxy.js'

/** Starts HAProxy before the processes of an app. It gives each request to the next one, whatever session it has. */
export async function appProxy(folder: string, port: number, urls: readonly string[]): Promise<OwnProcess> {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'app-proxy.cfg')
  const lines = [
    'defaults',
    '  mode http',
    '  timeout connect 1s',
    '  timeout client 2m',
    '  timeout server 2m',
    'listen app',
    `  bind 127.0.0.1:${port}`,
    '  balance roundrobin',
    ...urls.map((url, n) => `  server app${n} ${new URL(url).host}`),
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  return OwnProcess.start({
    name: 'app-proxy',
    command: '/usr/sbin/haproxy',
    args: ['-db', '-f', file],
    folder,
    isReady: () => isOpen(port),
  })
}
