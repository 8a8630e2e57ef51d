import { bytes } from '../../output/table.js'
import { numberOf } from '../../row-counts.js'
import { type Check, failure } from '../check.js'

/** What a statement has besides the data, in bytes. */
const besides = 65_536

/** A statement with the largest data fits into a packet. */
export const packet: Check = {
  name: 'max_allowed_packet',
  databases: ['mysql'],
  async run({ access, manager }) {
    const { maxDataBytes, encryptionKeys } = manager.options
    const [row] = await access.ask('SELECT @@max_allowed_packet AS size')
    const size = numberOf(row?.size)
    // Encrypted data is written in base64.
    const needed = Math.ceil(maxDataBytes * (encryptionKeys.length > 0 ? 4 / 3 : 1)) + besides
    if (size >= needed) return []
    return [
      failure(
        `max_allowed_packet is ${bytes(size)}; a session of maxDataBytes (${bytes(maxDataBytes)}) needs ${bytes(needed)}.`,
        'Raise max_allowed_packet on the server, or lower maxDataBytes.',
      ),
    ]
  },
}
