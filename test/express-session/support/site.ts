import { MemorySessionBackend, SessionManager, type SessionPolicy } from 'koa-session-model'
import { WatchedBackend } from '../../koa/support/watched-backend.js'
import { expressHost } from './express.js'
import { fastifyHost } from './fastify.js'
import type { AppOptions, TestHost } from './host.js'
import { nestHost } from './nest.js'

export const hosts: readonly TestHost[] = [expressHost, fastifyHost, nestHost]

export interface Answer {
  readonly status: number
  readonly body: unknown
  /** The cookie that the answer sets, as a browser would send it. */
  readonly cookie: string | undefined
}

/** Sends a request, with JSON if there is a body. */
export async function ask(url: string, cookie?: string, body?: unknown): Promise<Answer> {
  const response = await fetch(url, {
    headers: { ...(cookie && { cookie }), ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const [set] = response.headers.getSetCookie()
  return { status: response.status, body: text ? JSON.parse(text) : undefined, cookie: set?.split(';')[0] }
}

export interface Columns {
  userId: number | null
  points: number
}

/** A manager on a table in memory whose calls are counted. */
export function memory(policy: SessionPolicy<Columns> = {}) {
  const backend = new WatchedBackend(new MemorySessionBackend<Columns>({ userId: null, points: 0 }))
  const process = () => new SessionManager<Columns>({ backend, cleanup: false, ...policy })
  return { backend, manager: process(), other: process() }
}

/** Runs `work` with an app on the manager. */
export async function withApp(
  host: TestHost,
  manager: SessionManager<never> | SessionManager<Columns>,
  options: AppOptions,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const app = await host.start(manager as unknown as SessionManager, options)
  try {
    await work(app.url)
  } finally {
    await app.close()
    manager.close()
  }
}
