import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { cpuOfProcess } from '../http/cpu.mjs'

const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` }

/** Whether HAProxy is installed. */
export function hasProxy() {
  return spawnSync('haproxy', ['-v'], { env }).status === 0
}

/** Starts HAProxy before servers on this machine. It gives each request to the next one, whatever connection it came on. */
export async function startProxy(ports) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-haproxy-'))
  const port = await freePort()
  const file = join(folder, 'haproxy.cfg')
  writeFileSync(file, configOf(port, ports))
  const child = spawn('haproxy', ['-db', '-q', '-f', file], {
    cwd: folder,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const stop = async () => {
    process.off('exit', kill)
    const isRunning = child.exitCode === null && child.signalCode === null
    if (isRunning && child.kill('SIGTERM')) await once(child, 'exit')
    rmSync(folder, { recursive: true, force: true })
  }
  while (!(await isOpen(port))) {
    if (child.exitCode !== null) {
      await stop()
      throw new Error(`HAProxy ended with code ${child.exitCode}`)
    }
    await wait(20)
  }
  return { port, cpu: () => cpuOfProcess(child.pid), stop }
}

function configOf(port, ports) {
  const lines = [
    'defaults',
    '  mode http',
    '  timeout connect 1s',
    '  timeout client 10m',
    '  timeout server 10m',
    'listen app',
    `  bind 127.0.0.1:${port}`,
    '  balance roundrobin',
    ...ports.map((target, n) => `  server app${n} 127.0.0.1:${target}`),
  ]
  return `${lines.join('\n')}\n`
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

function isOpen(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}
