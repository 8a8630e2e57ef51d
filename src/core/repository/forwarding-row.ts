import { deserialize, serialize } from 'node:v8'
import type { SessionRow } from '../backend/session-backend.js'
import { corrupt } from '../codec/serializer.js'

type Columns = SessionRow['columns']

/** What the trace of a replaced id keeps: the row that the session has now, and the columns as they were, encoded. */
export interface TraceContent {
  readonly successor: string
  readonly columns: string
  /** Whether the id opens nothing any more, and only leads requests to the session that are under way. */
  readonly isClosed?: true
}

/** What the trace of an id keeps that opens nothing any more. */
export function closedTo(successor: string): TraceContent {
  return { successor, columns: '', isClosed: true }
}

/** As base64, which fits into the meta data of a row. */
export function encodeContent(content: TraceContent): string {
  return Buffer.from(JSON.stringify(content)).toString('base64')
}

/** Throws `DATA_CORRUPT` for what {@link encodeContent} did not write. */
export function decodeContent(text: string): TraceContent {
  return orCorrupt(() => {
    const content: unknown = JSON.parse(Buffer.from(text, 'base64').toString('utf8'))
    if (isContent(content)) return content
    throw new TypeError('The trace of a replaced id says not where its session is.')
  })
}

/** A value that cannot be cloned is left out: the column is then what it is in a new session. */
export function encodeColumns(columns: Columns): string {
  const entries = Object.entries(columns).filter(([, value]) => isCloneable(value))
  return serialize(Object.fromEntries(entries)).toString('base64')
}

/** Throws `DATA_CORRUPT` for what {@link encodeColumns} did not write. */
export function decodeColumns(text: string): Columns {
  return orCorrupt(() => {
    const columns: unknown = text === '' ? {} : deserialize(Buffer.from(text, 'base64'))
    if (typeof columns !== 'object' || columns === null) throw new TypeError('There are no columns.')
    return columns as Columns
  })
}

function isContent(value: unknown): value is TraceContent {
  const { successor, columns } = (value ?? {}) as Partial<TraceContent>
  return typeof successor === 'string' && typeof columns === 'string'
}

function isCloneable(value: unknown): boolean {
  try {
    serialize(value)
    return true
  } catch {
    return false
  }
}

function orCorrupt<T>(decode: () => T): T {
  try {
    return decode()
  } catch (cause) {
    throw corrupt(cause)
  }
}
