import { randomBytes } from 'node:crypto'
import { inOneLine } from '../../cli-error.js'
import { type Check, type Finding, failure, type Patient } from '../check.js'

/** How many reads follow a write at once, on as many connections as the pool has. */
const reads = 20
const lifetime = 60_000

/** Rows that were just written are read, and rows that were just removed are not, on other connections, too. */
export const readAfterWrite: Check = {
  name: 'read after write',
  async run(patient) {
    if (!patient.catalog.exists) return undefined
    const id = `~doctor-${randomBytes(12).toString('hex')}`
    try {
      return await tryRow(patient, id)
    } catch (error) {
      return [
        failure(
          `A row could not be written and removed: ${inOneLine(error)}`,
          'Give the role of the app all rights on the table.',
        ),
      ]
    } finally {
      await patient.manager.options.backend.delete([id]).catch(() => 0)
    }
  },
}

async function tryRow({ shared, manager }: Patient, id: string): Promise<Finding[]> {
  const { repository, time } = shared
  const { backend } = manager.options
  const found = async (): Promise<number> => {
    const answers = await Promise.all(Array.from({ length: reads }, () => backend.find([id])))
    return answers.filter((rows) => rows.length > 0).length
  }
  const expires = new Date(repository.now().getTime() + lifetime)
  await repository.insertMarker(id, { lock: 'doctor' }, expires, time.begin())
  const seen = await found()
  await repository.delete(id, time.begin())
  const left = await found()
  return [...missed(reads - seen), ...revived(left)]
}

const cure =
  'Send sessions to the primary: no load balancing of reads (statementComment for pgpool-II, MaxScale, ProxySQL), and wsrep_sync_wait = 3 on Galera. docs/scaling.md'

function missed(count: number): Finding[] {
  return count === 0
    ? []
    : [failure(`${count} of ${reads} reads did not see a row that was just written: users would be logged out.`, cure)]
}

function revived(count: number): Finding[] {
  return count === 0
    ? []
    : [
        failure(
          `${count} of ${reads} reads still saw a row that was just removed: a logout would not end the session.`,
          cure,
        ),
      ]
}
