import { execFileSync } from 'node:child_process'
import { chownSync, mkdirSync } from 'node:fs'

/** The user and group of a server's package by number, since servers refuse root; nothing if the tests do not run as root. */
export function userOf(name: 'postgres' | 'mysql'): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

/** Makes a folder that belongs to this user. */
export function ownFolder(folder: string, name: 'postgres' | 'mysql'): void {
  mkdirSync(folder, { recursive: true })
  const { uid, gid } = userOf(name)
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid)
}
