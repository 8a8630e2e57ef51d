import type { RowsWritten, SessionBackend, SessionRow } from '../core/backend/session-backend.js'

/**
 * The functions of your test runner: mocha, node:test, vitest and Jest have them (`beforeAll` and `afterAll` as `before`
 * and `after`).
 */
export interface TestRunner {
  describe(title: string, body: () => void): unknown
  it(title: string, body: () => Promise<void>): unknown
  before(body: () => Promise<void>): unknown
  after(body: () => Promise<void>): unknown
}

/** The custom columns that the tested backend must have: both nullable, without any other default. */
export type TestColumns = {
  /** An integer. */
  userId: number | null
  /** Text of at least 100 characters. */
  label: string | null
}

/** A backend to test. `close` runs once, after the tests, and releases the backend's resources. */
export interface BackendFixture {
  readonly backend: SessionBackend<TestColumns>
  close(): Promise<void>
}

/** One rule of the contract. `check` rejects if the backend breaks it; the backend must have no rows when it begins. */
export interface BackendRule {
  readonly title: string
  check(backend: SessionBackend): Promise<void>
}

/** Texts that are all different, though some collation finds them equal. */
export const alikeTexts = [
  'jose',
  'JOSE',
  'josé',
  'jose\u0301',
  'jose ',
  'mike',
  'mıke',
  'ß',
  'ss',
  '😀',
  '😺',
] as const

/** The current time in the rules. */
export const now = new Date('2026-03-14T15:09:26.000Z')

/** The moment `seconds` after {@link now}; before it, if negative. */
export function later(seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000)
}

/** Makes a row that expires in an hour, changed by `differs`. It has what the table keeps of `createdAt`, `version` and `lastSeenAt`. */
export function rowFor(backend: SessionBackend, differs: Partial<SessionRow> & { readonly id: string }): SessionRow {
  const { creationDates, versions, lastSeenDates } = backend.capabilities
  return {
    data: '{"views":1}',
    expires: later(3600),
    createdAt: creationDates ? later(-60) : null,
    version: versions ? 1 : null,
    ...(lastSeenDates && { lastSeenAt: null }),
    columns: {},
    ...differs,
  }
}

/** Makes an id in the form of the core: 64 hexadecimal digits, ending in `name`. */
export function idOf(name: string): string {
  return Buffer.from(name).toString('hex').padStart(64, '0')
}

/** Inserts a row, changed by `differs`, and returns it. */
export async function add(
  backend: SessionBackend,
  differs: Partial<SessionRow> & { readonly id: string },
): Promise<SessionRow> {
  const row = rowFor(backend, differs)
  await backend.insert([row])
  return row
}

/** Finds the row with this id. Throws if there is none. */
export async function get(backend: SessionBackend, id: string): Promise<SessionRow> {
  const [row, ...others] = await backend.find([id])
  if (!row || others.length > 0) throw new Error(`expected one row with the id ${id}`)
  return row
}

/** Counts the rows with these ids. */
export async function count(backend: SessionBackend, ...ids: string[]): Promise<number> {
  return (await backend.find(ids)).length
}

/** Runs several writes and returns the outcome of each. Writes that were not tried together are run alone. */
export async function outcomesOf<Write>(
  write: (writes: readonly Write[]) => Promise<RowsWritten>,
  writes: readonly Write[],
): Promise<(boolean | null)[]> {
  const outcomes: (boolean | null)[] = []
  for (const [index, written] of (await write(writes)).entries()) {
    const alone = written === null ? await write(writes.slice(index, index + 1)) : [written]
    outcomes.push(...alone)
  }
  return outcomes
}
