import { randomBytes } from 'node:crypto'
import { isUnavailable } from '../../../core/backend/backend-error.js'
import type { FailureReason } from '../../../core/backend/session-backend.js'
import { inOneLine } from '../../cli-error.js'
import { type Check, type Finding, failure, type Patient } from '../check.js'

/** How many reads follow a write at once, on as many connections as the pool has. */
const reads = 20
const lifetime = 60_000

/** What became of reads that were sent at once. */
export interface Answers {
  /** How many found the row. */
  readonly seen: number
  /** Why the others failed that the database refused for the moment: a standby of PostgreSQL refuses each. */
  readonly refusals: readonly FailureReason[]
}

/** Rows that were just written are read, and rows that were just removed are not, on other connections, too. */
export const readAfterWrite: Check = {
  name: 'read after write',
  async run(patient) {
    if (!patient.catalog.exists) return undefined
    const id = `~doctor-${randomBytes(12).toString('hex')}`
    try {
      return await tryRow(patient, id)
    } catch (error) {
      return [failure(`A row could not be written, read and removed: ${inOneLine(error)}`, cureFor(error))]
    } finally {
      await patient.manager.options.backend.delete([id]).catch(() => 0)
    }
  },
}

async function tryRow(patient: Patient, id: string): Promise<Finding[]> {
  const { repository, time } = patient.shared
  const expires = new Date(repository.now().getTime() + lifetime)
  await repository.insertMarker(id, { lock: 'doctor' }, expires, time.begin())
  const written = await answersFor(id, patient)
  await repository.delete(id, time.begin())
  return judgeReads(reads, written, await answersFor(id, patient))
}

/** Sends all reads at once, each a single time. A request would try again after a refusal. */
async function answersFor(id: string, { manager }: Patient): Promise<Answers> {
  const { backend } = manager.options
  const refusals: FailureReason[] = []
  const read = async (): Promise<number> => {
    try {
      return (await backend.find([id])).length
    } catch (error) {
      if (backend.failureOf?.(error) !== 'unavailable') throw error
      refusals.push(backend.explain?.(error) ?? { problem: inOneLine(error), fix: '' })
      return 0
    }
  }
  const found = await Promise.all(Array.from({ length: reads }, read))
  return { seen: found.reduce((sum, rows) => sum + rows, 0), refusals }
}

const primaryOnly =
  'Send sessions to the primary: no load balancing of reads (statementComment for pgpool-II, MaxScale, ProxySQL), a proxy that asks for the role, and wsrep_sync_wait = 3 on Galera. docs/scaling.md'

/** What the answers to `sent` reads mean: those after a row was written, and those after it was removed. */
export function judgeReads(sent: number, written: Answers, removed: Answers): Finding[] {
  const refusals = [...written.refusals, ...removed.refusals]
  const missed = sent - written.seen - written.refusals.length
  const findings: Finding[] = []
  if (refusals[0]) {
    const problem = `${refusals.length} of ${2 * sent} reads were refused, so requests try again, and answer 503 in the end. ${refusals[0].problem}`
    findings.push(failure(problem, `${refusals[0].fix} ${primaryOnly}`.trim()))
  }
  if (missed > 0) {
    const problem = `${missed} of ${sent} reads did not see a row that was just written: users would be logged out.`
    findings.push(failure(problem, primaryOnly))
  }
  if (removed.seen > 0) {
    const problem = `${removed.seen} of ${sent} reads still saw a row that was just removed: a logout would not end the session.`
    findings.push(failure(problem, primaryOnly))
  }
  return findings
}

/** The message of a server that takes no writes has its cure already. */
function cureFor(error: unknown): string {
  return isUnavailable(error) ? primaryOnly : 'Give the role of the app all rights on the table.'
}
