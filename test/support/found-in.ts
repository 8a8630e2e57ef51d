import { inflateRawSync } from 'node:zlib'

/** How many times one encoding may be within another. */
const deepest = 5
/** Shorter pieces than these are no encoded text. */
const encoded = /[A-Za-z0-9+/_-]{12,}={0,2}/g
const hex = /(?:[0-9a-f]{2}){6,}/gi

/** Whether a text is anywhere in the values: clear, as base64 or hex, compressed, and any of these within another. */
export function isFoundIn(values: unknown, text: string): boolean {
  return isIn(latin1Of(values), text, 0)
}

/** Every text and all bytes, one character for each byte. */
function latin1Of(value: unknown): string {
  if (typeof value === 'string') return Buffer.from(value).toString('latin1')
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1')
  if (value instanceof Date || typeof value !== 'object' || value === null) return String(value)
  return Object.values(value).map(latin1Of).join('\n')
}

function isIn(content: string, text: string, depth: number): boolean {
  if (content.includes(text) || content.replaceAll('\0', '').includes(text)) return true
  if (depth === deepest) return false
  return decodings(content).some((decoded) => isIn(decoded, text, depth + 1))
}

function decodings(content: string): string[] {
  const pieces = [...content.matchAll(encoded)].map(([piece]) => Buffer.from(piece, 'base64'))
  const digits = [...content.matchAll(hex)].map(([piece]) => Buffer.from(piece, 'hex'))
  return [...pieces, ...digits, Buffer.from(content, 'latin1')].flatMap((bytes, index, { length }) => {
    const inflated = inflate(bytes)
    const isWhole = index === length - 1
    return [...(isWhole ? [] : [bytes.toString('latin1')]), ...(inflated ? [inflated] : [])]
  })
}

function inflate(bytes: Uint8Array): string | undefined {
  try {
    return inflateRawSync(bytes).toString('latin1')
  } catch {
    return undefined
  }
}
