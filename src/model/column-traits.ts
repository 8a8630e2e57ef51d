import { shortestIdLength } from '../core/codec/id.js'
import { SessionError } from '../core/errors.js'
import { assertWide } from './charsets.js'
import type { DateCodec, DateLimits } from './dates.js'
import type { ManagedColumn } from './metadata.js'

/** The traits of a column: the values that it can hold. The ORM's folder derives them from its type. */
export interface ColumnTraits {
  /** The type's name, for messages. */
  readonly type: string
  /** How the column holds a moment; `null` if it cannot. */
  readonly dates: DateCodec | null
  /** Which moments the column holds, if it holds any. */
  readonly limits: DateLimits
  /** Whether the column holds text that the application writes. */
  readonly text: boolean
  /** Whether the column holds JSON that the database parses. */
  readonly json: boolean
  /** Whether the column holds bytes. */
  readonly binary: boolean
  /** Whether the column holds whole numbers of 32 bits or more. */
  readonly whole: boolean
  /** The maximum length in characters; `null` for no limit. */
  readonly characters: number | null
  /** Whether the database pads shorter texts with blanks, as PostgreSQL does for CHAR. */
  readonly padded: boolean
  /** The maximum length in bytes; `null` for no limit. */
  readonly bytes: number | null
  /** Whether the whole column can have a primary key or a unique index. */
  readonly indexable: boolean
  /** The column's declared character set, in databases that have one per column. */
  readonly charset: string | undefined
}

/** The column that plays a role: the property that reaches it, and what it can hold. */
export interface RoleColumn {
  readonly property: string
  readonly traits: ColumnTraits
}

/** A column, as an error names it. */
type TypedColumn = Pick<RoleColumn, 'property'> & { readonly traits: Pick<ColumnTraits, 'type'> }

/** The columns of a session table by their roles. `createdAt`, `version` and `lastSeenAt` may be absent. */
export type Roles = Readonly<Record<'id' | 'data' | 'expires', RoleColumn> & Partial<Record<ManagedColumn, RoleColumn>>>

/** Throws `COLUMN_TYPE` if a column cannot hold what its role needs. */
export function assertSuitable({ id, data, expires, createdAt, version, lastSeenAt }: Roles): void {
  for (const column of [expires, createdAt, lastSeenAt]) if (column && !column.traits.dates) throw noMoment(column)
  if (!data.traits.text && !data.traits.json && !data.traits.binary)
    throw unsuitable(data, 'session data: that is text, JSON or bytes')
  if ((data.traits.characters ?? fewestCharacters) < fewestCharacters) throw tooFew(data)
  if (version && !version.traits.whole)
    throw unsuitable(version, 'a version: that is a whole number of 32 bits or more')
  if (data.traits.text) assertWide(data.property, data.traits.charset)
  if (!id.traits.indexable) throw unsuitable(id, 'a key: MySQL and MariaDB index at most 768 characters, and no TEXT')
  if (!id.traits.text || id.traits.type.toLowerCase() === 'citext') throw noId(id)
  const { characters } = id.traits
  if (characters === null || characters >= shortestIdLength) return
  throw new SessionError(
    'ID_TOO_LONG',
    `The id column holds ${characters} characters, and the shortest id has ${shortestIdLength} (64 when it is hashed). Widen the column.`,
  )
}

/** The fewest characters that `data` must hold: the metadata of a session, and a little data. */
const fewestCharacters = 64

function tooFew({ property, traits }: RoleColumn): SessionError {
  const message = `The column '${property}' holds ${traits.characters} characters, too few for session data. Use a type for long text.`
  return new SessionError('COLUMN_TYPE', message)
}

/** The error for a date whose column cannot hold it. */
export function noMoment(column: TypedColumn): SessionError {
  return unsuitable(
    column,
    "a moment: that is a date with its time, milliseconds since 1970 in an integer of 64 bits, or with unit: 'seconds' seconds in an integer",
  )
}

function noId(column: RoleColumn): SessionError {
  return unsuitable(
    column,
    "a session's id: that is text which the application writes, and whose case counts",
    "Give a key of your own another property, whose column can keep its name, and rename our column: @SessionModel({ columns: { id: 'session_id' } }).",
  )
}

function unsuitable(
  { property, traits }: TypedColumn,
  what: string,
  fix = 'Change its type, or let another column serve.',
): SessionError {
  const message = `The column '${property}' has the type ${traits.type}, which cannot hold ${what}. ${fix}`
  return new SessionError('COLUMN_TYPE', message)
}
