import { isUtf8 } from 'node:buffer'
import { corrupt } from '../core/codec/serializer.js'

/** The text that stands for bytes that are not UTF-8. No serializer can read it, and it is never written. */
const unreadable = '\u0000these bytes are no UTF-8\u0000'

/** The text in a column of bytes. Bytes that are not UTF-8 become a text that no serializer reads, never a wrong text. */
export function textOfBytes(bytes: Uint8Array): string {
  return isUtf8(bytes) ? Buffer.from(bytes).toString('utf8') : unreadable
}

/** The bytes of a text. Throws `DATA_CORRUPT` for the text that stands for unreadable bytes, so that these stay as they are. */
export function bytesOfText(text: string): Buffer {
  if (text.includes(unreadable)) throw corrupt(new TypeError('The column has bytes that are no UTF-8.'))
  return Buffer.from(text, 'utf8')
}
