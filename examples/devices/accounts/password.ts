import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'

// Figures of the OWASP Password Storage Cheat Sheet: 32 MiB of memory for each attempt.
const cost: ScryptOptions = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 2 ** 20 }
const keyBytes = 32

/** The text that is stored for a password: the salt and the key. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  return `${salt.toString('base64url')}.${(await keyOf(password, salt)).toString('base64url')}`
}

/** Whether the password is right. Takes as long without an account, so that the time does not tell which names exist. */
export async function isRightPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [salt = '', key = ''] = (stored ?? noAccount).split('.')
  const expected = Buffer.from(key, 'base64url')
  const given = await keyOf(password, Buffer.from(salt, 'base64url'))
  return given.length === expected.length && timingSafeEqual(given, expected) && stored !== undefined
}

const noAccount = `${randomBytes(16).toString('base64url')}.${randomBytes(keyBytes).toString('base64url')}`

function keyOf(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    scrypt(password.normalize('NFKC'), salt, keyBytes, cost, (error, key) => (error ? reject(error) : resolve(key))),
  )
}
