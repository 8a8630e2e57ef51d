import type { RegisteredModel } from 'koa-session-model'
import type { Server } from '../../../support/databases.js'

/** The columns of the model in these tests. The table has one more, `code`, of the application. */
export type Columns = { userId: number | null; label: string | null; email: string | null }

/** How the database is reached. */
export interface Place {
  readonly host?: string
  readonly port?: number
  readonly username?: string
  readonly password?: string
  readonly database?: string
  /** The file of an SQLite database. */
  readonly file?: string
  readonly isReadOnly?: boolean
  /** Whether the connection asks for TLS. */
  readonly ssl?: boolean
  /** How long one waits for a connection, in milliseconds. */
  readonly acquire?: number
}

/** A model on a pool of one connection. */
export interface Opened {
  readonly model: RegisteredModel<Columns>
  /** Creates the table anew. */
  create(): Promise<void>
  /** Runs a statement on the connection of the pool. */
  query(sql: string): Promise<unknown>
  /** Takes the connection, and returns what gives it back. */
  hold(): Promise<() => Promise<void>>
  /** Closes the data source, once. */
  close(): Promise<void>
}

/** An ORM on a database through a driver. */
export interface ReasonDatabase {
  readonly name: string
  readonly server?: Server
  readonly orm: 'typeorm' | 'sequelize'
  /** Without `isLate`, a TypeORM data source is initialized. */
  open(place: Place, isLate?: boolean): Promise<Opened>
}

/** The table of these tests. */
export const table = 'web_sessions'
