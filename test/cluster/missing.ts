import { existsSync } from 'node:fs'
import type { Trial } from './trial.js'

/** The Debian packages that a trial lacks on this machine. */
export function missingPackages({ needs }: Pick<Trial, 'needs'>): string[] {
  const missing = Object.entries(needs).filter(([file]) => !existsSync(file))
  return [...new Set(missing.map(([, name]) => name))]
}
