import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Job, Message } from './job.js'

const file = fileURLToPath(new URL('worker.js', import.meta.url))

/** Processes that serve one app. */
export interface Workers {
  readonly urls: readonly string[]
  /** Stops them, and tells what they have counted. */
  stop(): Promise<{ conflicts: number; errors: Map<string, number> }>
  /** Ends those that still run. */
  kill(): void
}

/** Starts so many processes, and waits until all of them listen. */
export async function start(count: number, job: Job): Promise<Workers> {
  const children = Array.from({ length: count }, (_, n) => fork(file, [JSON.stringify(job)], { env: envOf(job, n) }))
  const kill = (): void => {
    for (const child of children) child.kill()
  }
  try {
    const urls = (await Promise.all(children.map(next))).map(
      (told) => `http://127.0.0.1:${'port' in told && told.port}`,
    )
    return { urls, kill, stop: () => stop(children) }
  } catch (error) {
    kill()
    throw error
  }
}

/** The environment of the process with this number. */
function envOf({ isolation, ports = [] }: Job, n: number): NodeJS.ProcessEnv {
  const port = ports[n % ports.length]
  return {
    ...process.env,
    ...(isolation && { PGOPTIONS: isolationOption(isolation) }),
    ...(port !== undefined && { TEST_MARIADB_PORT: String(port) }),
  }
}

/** For the driver `pg`, which reads it from the environment as libpq does. */
function isolationOption(level: string): string {
  return `-c default_transaction_isolation=${level.replaceAll(' ', '\\ ')}`
}

async function stop(children: readonly ChildProcess[]): Promise<{ conflicts: number; errors: Map<string, number> }> {
  const told = await Promise.all(
    children.map((child) => {
      const answer = next(child)
      child.send('stop')
      return answer
    }),
  )
  const sum = { conflicts: 0, errors: new Map<string, number>() }
  for (const message of told) {
    if (!('errors' in message)) continue
    sum.conflicts += message.conflicts
    for (const [reason, n] of Object.entries(message.errors)) sum.errors.set(reason, (sum.errors.get(reason) ?? 0) + n)
  }
  return sum
}

/** What the process tells next. Rejects if it ends instead: it disconnects once all that it has told is heard, but may exit before. */
async function next(child: ChildProcess): Promise<Message> {
  const ended = once(child, 'disconnect').then(() => {
    throw new Error('A worker process has ended too early.')
  })
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [Message]
  ended.catch(() => {})
  return message
}
