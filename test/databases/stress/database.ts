import type { RegisteredModel, SessionRow } from 'koa-session-model'
import type { Server } from '../../support/databases.js'

/** The custom columns of the model under test. */
export interface Columns {
  userId: number | null
  label: string | null
  points: number
}

/** Where the processes of one run meet. */
export interface Place {
  readonly table: string
  /** The file of an SQLite database. */
  readonly file: string
  /** Whether the table is created anew. */
  readonly create: boolean
  /** The option of the model. Default: statements have no comment. */
  readonly statementComment?: string | undefined
  /** Into how many partitions the table of a server is divided. Default: it is not. */
  readonly partitions?: number
}

/** A registered model with its own connection. */
export interface Opened {
  readonly model: RegisteredModel<Columns>
  /** The living sessions, as they are stored. */
  rows(): Promise<readonly SessionRow[]>
  close(): Promise<void>
}

/** An ORM on a database. */
export interface Database {
  readonly name: string
  readonly server?: Server
  open(place: Place): Promise<Opened>
}

/** More than any run leaves. */
export const mostRows = 1_000_000
