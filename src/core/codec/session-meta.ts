import type { SessionRow } from '../backend/session-backend.js'

/** The metadata that core stores in front of the data of a session, if there is any. */
export interface SessionMeta {
  /** The idle timeout of this session, in milliseconds, if it has its own. */
  readonly maxAge?: number | undefined
  /** When the session got its id by `regenerate()`, in milliseconds since 1970. */
  readonly authenticatedAt?: number
  /** The name of the key that the data is encrypted with, if it is. */
  readonly key?: string
  /** The forwarding rows of ids that the session had lately: their row ids without the `~`. */
  readonly former?: readonly string[]
  /** When the last of these ids was replaced, in milliseconds since 1970. */
  readonly formerAt?: number
  /** Marks a forwarding row: the row that it leads to, encrypted with a key that is derived from the former row id. */
  readonly trace?: string
  /** On a forwarding row: the session at the time of its replacement, encrypted with a key that is derived from the replaced id. */
  readonly snapshot?: string
  /** On a forwarding row: the name of the encryption key that is needed too, if there is one. */
  readonly traceKey?: string
  /** On a forwarding row: when the id was replaced, in milliseconds since 1970. */
  readonly replacedAt?: number
  /** Marks a lease: a random name for its latest holding, which tells it from others. */
  readonly lock?: string
}

/** A row whose column `data` is split into text and metadata. */
export interface StoredRow extends SessionRow {
  /** The text of the serializer, encrypted where the metadata name a key. */
  readonly data: string | null
  readonly meta: SessionMeta
}

export const noMeta: SessionMeta = Object.freeze({})

const beginning = '{"$session":'
/** Stands for an empty text behind the metadata. No other text is written like that: one that begins with `{}` follows a brace. */
const emptyText = ',}'
/** Matches the metadata: no value of {@link SessionMeta} contains a brace. */
const head = /^\{"\$session":(\{[^{}]*\})(?=[,}])/

/**
 * Writes the column `data`: the text of the serializer, in the format of other libraries. Metadata becomes the first key of
 * the object in the text, so that JSON stays JSON; a text that is no object follows the metadata.
 */
export function encodeData(meta: SessionMeta, text: string | null): string | null {
  return text === null ? null : joinData(meta === noMeta ? '{}' : JSON.stringify(meta), text)
}

/** Puts metadata in front of the text of the serializer. `json` is their text. */
export function joinData(json: string, text: string): string {
  if (json === '{}' && !text.startsWith(beginning)) return text
  if (text === '{}') return `${beginning}${json}}`
  if (text === '') return beginning + json + emptyText
  const isObject = text.startsWith('{') && !text.startsWith('{}')
  return beginning + json + (isObject ? `,${text.slice(1)}` : `}${text}`)
}

/**
 * Splits the column `data` into text and metadata. Content without a proper head is all text: if it is corrupt, that shows
 * when the data is read, and does not hide other rows.
 */
export function decodeRow(row: SessionRow): StoredRow {
  if (!row.data?.startsWith(beginning)) return storedRow(row, row.data, noMeta)
  const { head, text } = splitData(row.data)
  const meta = head === undefined ? undefined : parse(head)
  return meta ? storedRow(row, text, meta) : storedRow(row, row.data, noMeta)
}

/** Splits the column `data` into the text of the serializer and that of the metadata, if there is a proper head. */
export function splitData(data: string): { readonly head: string | undefined; readonly text: string } {
  const found = data.startsWith(beginning) ? head.exec(data) : null
  if (!found) return { head: undefined, text: data }
  return { head: found[1], text: textAfter(data.slice(found[0].length)) }
}

/** Makes a row by naming every property, which is much faster than spreading. */
function storedRow(row: SessionRow, data: string | null, meta: SessionMeta): StoredRow {
  const { id, expires, createdAt, version, lastSeenAt, columns } = row
  return { id, data, expires, createdAt, version, lastSeenAt, columns, meta }
}

function parse(json: string): SessionMeta | undefined {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

/** The text behind the metadata. `rest` begins with a comma or a brace. */
function textAfter(rest: string): string {
  if (rest === '}') return '{}'
  if (rest === emptyText) return ''
  return rest.startsWith(',') ? `{${rest.slice(1)}` : rest.slice(1)
}
