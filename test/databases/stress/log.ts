/**
 * What a request does: begin a session; set a key of its own; count; add to a nested list; write a value that others
 * write too; delete a key; log in, with a new id; only read; log out; end all sessions of a user.
 */
export type Deed = 'begin' | 'mark' | 'count' | 'push' | 'label' | 'drop' | 'login' | 'read' | 'logout' | 'revoke'

/**
 * What the client knows of it: the change is stored; there was no session, or it ended before the change was stored; the
 * database was busy (503); anything else, so that the change may be stored or not.
 */
export type Outcome = 'stored' | 'gone' | 'refused' | 'failed'

/** One request, as the client saw it. Nothing else is known to the checker, besides the rows in the end. */
export interface Entry {
  /** Its number, which no other request has. */
  readonly n: number
  readonly deed: Deed
  /** The user: a number that each begun session has for itself, and its descendants share. */
  readonly user: number
  /** The id in its cookie. */
  readonly from: string | undefined
  /** When it was sent and answered: numbers that grow with every such event. */
  readonly start: number
  readonly end: number
  /** The same, in milliseconds. */
  readonly sentAt: number
  readonly answeredAt: number
  readonly outcome: Outcome
  /** The id that the response gave to the cookie. */
  readonly to: string | undefined
  /** When the session was created, as the response tells. */
  readonly began: number | undefined
  /** The number of the request whose key it has deleted; nothing if it did not see that key. */
  readonly dropped: number | undefined
}

/** A living session in the end: its row, columns and data together. */
export interface FinalRow {
  readonly id: string
  readonly began: number | undefined
  readonly properties: Readonly<Record<string, unknown>>
}

/** Something acknowledged is missing, something ended is there, or something is where it does not belong. */
export type Fault = 'lost' | 'revived' | 'leaked'

/** What should not be. */
export interface Violation {
  readonly fault: Fault
  readonly what: string
}

/** The key that the request `n` sets, and no other one. */
export function keyOf(n: number): string {
  return `k_${n}`
}

/** The requests that set a key of their own. */
export function setsKey({ deed }: Entry): boolean {
  return deed === 'begin' || deed === 'mark' || deed === 'count' || deed === 'login'
}

/** The requests that write the values that others write too. */
export function setsLabel({ deed }: Entry): boolean {
  return deed === 'begin' || deed === 'label' || deed === 'login'
}

/** Whether the client does not know what became of it. */
export function isUnsure({ outcome }: Entry): boolean {
  return outcome === 'refused' || outcome === 'failed'
}
