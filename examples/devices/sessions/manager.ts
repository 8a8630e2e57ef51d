import type { ColumnsOf, ListedSession, SessionContext, SessionManager } from 'koa-session-model'
import { SessionManager as Manager } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import type { DataSource } from 'typeorm'
import { type SessionContent, type Sessions, WebSession } from './web-session.js'

export type DeviceManager = SessionManager<ColumnsOf<Sessions>, SessionContent>
export type DeviceContext = SessionContext<Sessions, SessionContent>
export type Device = ListedSession<ColumnsOf<Sessions>, SessionContent>

/** The manager of the sessions. A login ends with the browser, unless the user wants to be remembered. */
export function createManager(dataSource: DataSource, now: () => number): { manager: DeviceManager; model: Sessions } {
  const model = registerSessionModel(dataSource, WebSession)
  const manager: DeviceManager = new Manager({
    model,
    now,
    maxAge: '1d',
    absoluteTimeout: '90d',
    lastSeen: { every: '10s' },
    cookie: { persistent: false },
  })
  return { manager, model }
}
