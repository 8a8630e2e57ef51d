import type { SessionBackend } from 'koa-session-model'
import type { Server } from '../../../support/databases.js'

/** How the sessions of a failing database are opened. */
export interface OpenFailing {
  readonly table: string
  /** Of a proxy. Default: the server's own. */
  readonly port?: number
  /** How long one waits for a connection of the pool, in milliseconds. */
  readonly acquire?: number
  /** Whether the table exists. Default `false`: it is created anew. */
  readonly exists?: boolean
}

/** A backend on a pool of one connection. */
export interface OpenBackend {
  readonly backend: SessionBackend
  /** Runs a statement on a connection of the pool. */
  query(sql: string): Promise<unknown>
  /** Takes the connection, and returns what gives it back. */
  hold(): Promise<() => Promise<void>>
  close(): Promise<void>
}

/** An ORM on a database server. */
export interface FailingDatabase {
  readonly name: string
  readonly server: Server
  open(options: OpenFailing): Promise<OpenBackend>
}
