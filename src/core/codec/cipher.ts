import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16
const keyBytes = 32

/** Encrypts with AES-256-GCM: base64 of a random nonce, the ciphertext and the tag. Decrypting needs the text `boundTo` again. */
export function encrypt(key: Uint8Array, boundTo: string, content: string | Uint8Array): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(boundTo))
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

/** Throws for what {@link encrypt} did not write with this key and this `boundTo`. */
export function decrypt(key: Uint8Array, boundTo: string, text: string): Buffer {
  const sealed = fromBase64(text)
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(boundTo)).setAuthTag(sealed.subarray(-tagBytes))
  const content = decipher.update(sealed.subarray(nonceBytes, -tagBytes))
  return Buffer.concat([content, decipher.final()])
}

/** A key that is computed from a secret, and from a second key where `salt` is one (HKDF-SHA256, RFC 5869). */
export function deriveKey(secret: string, salt: Uint8Array | undefined, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt ?? '', `koa-session-model ${purpose}`, keyBytes))
}

/** Only the spelling that {@link encrypt} writes: the decoder of Node.js skips characters that are no base64. */
function fromBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) throw new TypeError('The encrypted data is not the base64 that was written.')
  return bytes
}
