import type { TableAccess } from '../../sql/table-access.js'
import { numberOf, Question } from '../row-counts.js'
import { tableBytes } from './table-bytes.js'

/** The rows of a table in numbers. */
export interface Numbers {
  readonly total: number
  readonly living: number
  readonly expired: number
  /** The rows that are no sessions: forwarding rows of rotated ids, and leases. */
  readonly markers: number
  readonly dataBytes: { readonly mean: number; readonly largest: number }
  /** The size of the table with its indexes; `null` if the database does not tell. */
  readonly tableBytes: number | null
  /** When the oldest living session began; `null` if there is none, or the table does not keep it. */
  readonly oldest: string | null
  /** The living sessions by the time until they expire. */
  readonly expiry: readonly { readonly within: string; readonly count: number }[]
}

const hour = 3_600_000
/** The classes of the time until the expiry. */
const classes = [
  ['within 1 hour', hour],
  ['within 1 day', 24 * hour],
  ['within 7 days', 168 * hour],
  ['within 30 days', 720 * hour],
] as const

/** Counts all rows in one statement. */
export async function numbersOf(access: TableAccess, now: Date): Promise<Numbers> {
  const question = new Question(access)
  const { table, expires, isMarker } = question
  const isLiving = () => `${expires} > ${question.moment(now)} AND NOT ${isMarker}`
  const count = (condition: string, name: string) => `SUM(CASE WHEN ${condition} THEN 1 ELSE 0 END) AS ${name}`
  const selected = [
    'COUNT(*) AS total',
    count(isLiving(), 'living'),
    count(isMarker, 'markers'),
    ...classes.map(([, time], index) => {
      const soon = question.moment(new Date(now.getTime() + time))
      return count(`${expires} <= ${soon} AND ${isLiving()}`, `class${index}`)
    }),
    `AVG(${lengthOf(access)}) AS mean`,
    `MAX(${lengthOf(access)}) AS largest`,
    ...oldestOf(access, isLiving),
  ]
  const [row = {}] = await question.ask(`SELECT ${selected.join(', ')} FROM ${table}`)
  return { ...counted(row), oldest: oldestIn(row, access), tableBytes: await tableBytes(access).catch(() => null) }
}

function counted(row: Record<string, unknown>): Omit<Numbers, 'tableBytes' | 'oldest'> {
  const [total, living, markers] = [numberOf(row.total), numberOf(row.living), numberOf(row.markers)]
  const upTo = [0, ...classes.map((_, index) => numberOf(row[`class${index}`]))]
  const expiry = classes.map(([within], index) => ({ within, count: (upTo[index + 1] ?? 0) - (upTo[index] ?? 0) }))
  return {
    total,
    living,
    expired: total - living - markers,
    markers,
    dataBytes: { mean: Math.round(numberOf(row.mean)), largest: numberOf(row.largest) },
    expiry: [...expiry, { within: 'later', count: living - (upTo.at(-1) ?? 0) }],
  }
}

function oldestOf({ session, text }: TableAccess, isLiving: () => string): string[] {
  const created = session.createdAt
  if (created === undefined) return []
  return [`MIN(CASE WHEN ${isLiving()} THEN ${text.column(created).compared} END) AS oldest`]
}

function oldestIn({ oldest }: Record<string, unknown>, access: TableAccess): string | null {
  const created = access.session.createdAt
  if (created === undefined || oldest === null || oldest === undefined) return null
  const moment = access.momentOf(created, oldest)
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString()
}

/** SQL for the bytes of the data of a row. */
function lengthOf({ session, text }: TableAccess): string {
  const { compared } = text.column(session.data)
  return text.database === 'sqlite' ? `LENGTH(CAST(${compared} AS BLOB))` : `OCTET_LENGTH(${compared})`
}
