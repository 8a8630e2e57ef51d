import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16
const keyBytes = 32

/**
 * Encrypts with AES-256-GCM. Returns the base64 of a random nonce, the ciphertext and the tag. Decrypting needs `boundTo`
 * again.
 *
 * @see https://csrc.nist.gov/pubs/sp/800/38/d/final
 */
export function encrypt(key: Uint8Array, boundTo: string, content: string | Uint8Array): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(boundTo))
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

/** Decrypts. Throws if {@link encrypt} did not write the text with this key and this `boundTo`. */
export function decrypt(key: Uint8Array, boundTo: string, text: string): Buffer {
  const sealed = fromBase64(text)
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(boundTo)).setAuthTag(sealed.subarray(-tagBytes))
  const content = decipher.update(sealed.subarray(nonceBytes, -tagBytes))
  return Buffer.concat([content, decipher.final()])
}

/**
 * Derives a key from a secret, and from a second key, if there is one, as the salt (HKDF-SHA256).
 *
 * @see https://www.rfc-editor.org/rfc/rfc5869
 */
export function deriveKey(secret: string, salt: Uint8Array | undefined, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt ?? '', `koa-session-model ${purpose}`, keyBytes))
}

/** Decodes the exact base64 that {@link encrypt} writes; throws for other text, of which Node.js would skip characters. */
function fromBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) throw new TypeError('The encrypted data is not the base64 that was written.')
  return bytes
}
