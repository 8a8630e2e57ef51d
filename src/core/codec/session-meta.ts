import type { SessionRow } from '../backend/session-backend.js'

/** What the core itself keeps of a session, in front of its data, where there is something to keep. */
export interface SessionMeta {
  /** The idle timeout of this session, in milliseconds, where it is not that of the options. */
  readonly maxAge?: number | undefined
  /** When the session got its id by `regenerate()`, in milliseconds since 1970. */
  readonly authenticatedAt?: number
  /** The key that the data is encrypted with, if it is. */
  readonly key?: string
  /** The names of the forwarding rows of ids that the session had lately: their ids without the `~`. */
  readonly former?: readonly string[]
  /** When the last of these ids was replaced, in milliseconds since 1970. */
  readonly formerAt?: number
  /** The row is no session, but the forwarding row of one: where it went, encrypted with a key from what its row was found by. */
  readonly trace?: string
  /** On a forwarding row: the session as it was, encrypted with a key from the id that was replaced. */
  readonly snapshot?: string
  /** On a forwarding row: the encryption key that is needed too, if there is one. */
  readonly traceKey?: string
  /** On a forwarding row: when the id was replaced, in milliseconds since 1970. */
  readonly replacedAt?: number
  /** The row is no session, but a lock: a name of this holding of it, which tells it from those of others. */
  readonly lock?: string
}

/** A row with its column `data` taken apart. */
export interface StoredRow extends SessionRow {
  /** The text of the serializer, encrypted where the metadata name a key. */
  readonly data: string | null
  readonly meta: SessionMeta
}

export const noMeta: SessionMeta = Object.freeze({})

const beginning = '{"$session":'
/** After the metadata, an empty text. No other text looks like that there: one that begins with `{}` is no object. */
const emptyText = ',}'
/** No value of {@link SessionMeta} has a brace in it. */
const head = /^\{"\$session":(\{[^{}]*\})(?=[,}])/

/**
 * The content of the column `data`: the serializer's text, as other libraries write it. Where there is metadata, it
 * becomes the first key of the text's object, so that JSON stays JSON; a text that is no object follows it.
 */
export function encodeData(meta: SessionMeta, text: string | null): string | null {
  if (text === null) return null
  const json = meta === noMeta ? '{}' : JSON.stringify(meta)
  if (json === '{}' && !text.startsWith(beginning)) return text
  if (text === '{}') return `${beginning}${json}}`
  if (text === '') return beginning + json + emptyText
  const isObject = text.startsWith('{') && !text.startsWith('{}')
  return beginning + json + (isObject ? `,${text.slice(1)}` : `}${text}`)
}

/**
 * Takes the column `data` apart. What has no proper head is all text: if it is corrupt, that shows when it is read, and
 * hides no other row.
 */
export function decodeRow(row: SessionRow): StoredRow {
  const found = row.data?.startsWith(beginning) ? head.exec(row.data) : null
  const meta = found?.[1] && parse(found[1])
  if (!found || !meta) return storedRow(row, row.data, noMeta)
  return storedRow(row, textAfter(found.input.slice(found[0].length)), meta)
}

/** Names every property, which is much faster than spreading them. */
function storedRow(row: SessionRow, data: string | null, meta: SessionMeta): StoredRow {
  const { id, expires, createdAt, version, columns } = row
  return { id, data, expires, createdAt, version, columns, meta }
}

function parse(json: string): SessionMeta | undefined {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

/** `rest` begins with a comma or a brace. */
function textAfter(rest: string): string {
  if (rest === '}') return '{}'
  if (rest === emptyText) return ''
  return rest.startsWith(',') ? `{${rest.slice(1)}` : rest.slice(1)
}
