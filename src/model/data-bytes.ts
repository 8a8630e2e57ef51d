import { isUtf8 } from 'node:buffer'
import { corrupt } from '../core/codec/serializer.js'

/** Stands for bytes that are no UTF-8: no serializer can read it, and it is never written. */
const unreadable = '\u0000these bytes are no UTF-8\u0000'

/** The text in a column of bytes. What is no UTF-8 becomes a text that nobody can read, rather than another text. */
export function textOfBytes(bytes: Uint8Array): string {
  return isUtf8(bytes) ? Buffer.from(bytes).toString('utf8') : unreadable
}

/** The bytes of a text. Throws `DATA_CORRUPT` for what {@link textOfBytes} could not read: its bytes stay as they are. */
export function bytesOfText(text: string): Buffer {
  if (text.includes(unreadable)) throw corrupt(new TypeError('The column has bytes that are no UTF-8.'))
  return Buffer.from(text, 'utf8')
}
