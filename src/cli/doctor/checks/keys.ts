import type { StoredRow } from '../../../core/codec/session-meta.js'
import { type Check, type Finding, failure, type Patient, warning } from '../check.js'

/** How many living rows are looked at. */
const sample = 200

/** The data of a sample of living sessions can be read with the keys of the config. */
export const keys: Check = {
  name: 'encryption keys',
  async run(patient) {
    const { shared, catalog } = patient
    if (!catalog.exists) return undefined
    const rows = await shared.repository.list({}, sample, shared.time.begin())
    const unreadable = rows.filter((row) => !isReadable(row, patient)).length
    const outdated = rows.filter((row) => shared.repository.encryption.isOutdated(row)).length - unreadable
    return [...unreadableOf(unreadable, rows.length), ...outdatedOf(outdated, rows.length)]
  },
}

function isReadable(row: StoredRow, { shared }: Patient): boolean {
  try {
    shared.repository.encryption.decrypt(row)
    return true
  } catch {
    return false
  }
}

function unreadableOf(count: number, of: number): Finding[] {
  if (count === 0) return []
  return [
    failure(
      `The data of ${count} of ${of} living sessions is encrypted with keys that are not in encryptionKeys.`,
      'Put the former key behind the current one.',
    ),
  ]
}

function outdatedOf(count: number, of: number): Finding[] {
  if (count <= 0) return []
  return [
    warning(
      `The data of ${count} of ${of} living sessions is not encrypted with the current key.`,
      'Keep the former keys until this has run: koa-session-model reencrypt',
    ),
  ]
}
