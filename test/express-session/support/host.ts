import type { SessionManager } from 'koa-session-model'

/** The session of a request as each host has it: its properties, and the cookie. */
export type TestSession = Record<string, unknown> & {
  cookie: { maxAge?: number | null; originalMaxAge?: number | null; expires?: Date | null }
}

/** What a handler gets of a request, whatever the host. */
export interface TestRequest {
  readonly session: TestSession
  readonly id: string
  save(): Promise<void>
  /** Saves, and does not wait. */
  saveSoon(): void
  destroy(): Promise<void>
  regenerate(): Promise<void>
  reload(): Promise<void>
}

export type Handler = (request: TestRequest) => unknown

/** How an app is set up. */
export interface AppOptions {
  readonly handlers: Readonly<Record<string, Handler>>
  readonly rolling?: boolean
  readonly maxAge?: number
  readonly onGone?: (id: string) => unknown
}

/** A host of sessions that keeps them in our store. */
export interface TestHost {
  readonly name: string
  start(manager: SessionManager, options: AppOptions): Promise<{ readonly url: string; close(): Promise<void> }>
}

/** Turns a function of the host that takes a callback into a promise. */
export function promised(call: (callback: (error?: unknown) => void) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => (error ? reject(error) : resolve()))
  })
}

export const secret = 'a secret that has more than 32 characters'
