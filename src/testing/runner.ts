import type { RowsWritten, SessionBackend, SessionRow } from '../core/backend/session-backend.js'

/** The functions of your test runner: mocha's, node:test's, vitest's and Jest's all fit. */
export interface TestRunner {
  describe(title: string, body: () => void): unknown
  it(title: string, body: () => Promise<void>): unknown
  before(body: () => Promise<void>): unknown
  after(body: () => Promise<void>): unknown
}

/** The custom columns that the tested backend must have: both nullable, without other defaults. */
export type TestColumns = {
  /** An integer. */
  userId: number | null
  /** Text of at least 100 characters. */
  label: string | null
}

/** A backend to test, and what closes it. */
export interface BackendFixture {
  readonly backend: SessionBackend<TestColumns>
  close(): Promise<void>
}

/** One rule of the contract. It gets a backend without any rows. */
export interface BackendRule {
  readonly title: string
  check(backend: SessionBackend): Promise<void>
}

/** Texts that are all different, though some collation takes them for equal. */
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

/** The moment at which the rules play. */
export const now = new Date('2026-03-14T15:09:26.000Z')

/** `seconds` after {@link now}; before it, if negative. */
export function later(seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000)
}

/** A row that expires in an hour, with what differs. `createdAt` and `version` are there if the table keeps them. */
export function rowFor(backend: SessionBackend, differs: Partial<SessionRow> & { readonly id: string }): SessionRow {
  const { creationDates, versions } = backend.capabilities
  return {
    data: '{"views":1}',
    expires: later(3600),
    createdAt: creationDates ? later(-60) : null,
    version: versions ? 1 : null,
    columns: {},
    ...differs,
  }
}

/** An id as the core makes them: 64 hexadecimal digits, ending in `name`. */
export function idOf(name: string): string {
  return Buffer.from(name).toString('hex').padStart(64, '0')
}

/** Inserts a row that differs so, and gives it back. */
export async function add(
  backend: SessionBackend,
  differs: Partial<SessionRow> & { readonly id: string },
): Promise<SessionRow> {
  const row = rowFor(backend, differs)
  await backend.insert([row])
  return row
}

/** The row with this id, which must be there. */
export async function get(backend: SessionBackend, id: string): Promise<SessionRow> {
  const [row, ...others] = await backend.find([id])
  if (!row || others.length > 0) throw new Error(`expected one row with the id ${id}`)
  return row
}

/** How many of these ids have a row. */
export async function count(backend: SessionBackend, ...ids: string[]): Promise<number> {
  return (await backend.find(ids)).length
}

/** What became of each of several writes: what was not tried together is written alone. */
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
