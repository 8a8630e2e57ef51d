import { isDeepStrictEqual } from 'node:util'
import { checkId } from '../codec/id.js'
import type { InOrder } from '../concurrency/in-order.js'
import { isGoneError } from '../errors.js'
import { copyOf } from '../properties/copy.js'
import { copyProperties } from '../properties/copy-properties.js'
import { isTouchDue } from '../repository/expiry.js'
import { planWrite } from '../session/plan-write.js'
import type { Session } from '../session/session.js'
import type { SessionState } from '../session/session-state.js'
import type { SessionData, SessionProperties } from '../session/session-types.js'
import type { Shared } from '../session/shared.js'
import { check } from '../validation.js'
import type { StoredSession, StoreOptions, StoreOutcome } from './session-store.js'

type Values = Readonly<Record<string, unknown>>

/** What the sessions of one store have in common. */
export interface StoreContext {
  readonly shared: Shared
  readonly inOrder: InOrder
  /** Throws `MANAGER_CLOSED` once the manager is closed. */
  readonly assertOpen: () => void
}

/** The session of one request of a host. */
export class LoadedSession<Columns extends object = object, Data extends object = SessionData>
  implements StoredSession<Columns, Data>
{
  readonly #store: StoreContext
  readonly #session: Session
  readonly #state: SessionState
  /** The properties as the host has them: what it has loaded, or has written last. */
  #known: Values
  #isGone = false

  /** @param known The properties as the host knows them. Default: all that the session has. */
  constructor(store: StoreContext, session: Session, known: Values = session.properties.values()) {
    this.#store = store
    this.#session = session
    this.#state = session.state
    this.#known = copyOf({ ...known }) as Values
  }

  get id(): string {
    return this.#state.cookieId
  }

  get properties(): SessionProperties<Columns, Data> {
    return copyOf(this.#known) as SessionProperties<Columns, Data>
  }

  get createdAt(): Date | null {
    return this.#state.createdAt
  }

  get expires(): Date {
    return this.#state.expires
  }

  get maxAge(): number | null {
    return this.#state.nextMeta.maxAge ?? null
  }

  async write(properties: Values, options: StoreOptions = {}): Promise<StoreOutcome> {
    const maxAge = maxAgeIn(options)
    const next = copyProperties(this.#store.shared.repository.schema, properties)
    return this.#change(async () => {
      this.#state.properties.assign(this.#changed(next))
      this.#setMaxAge(maxAge)
      const outcome = await this.#save()
      if (outcome !== 'gone') this.#known = next
      return outcome
    })
  }

  async touch(options: StoreOptions = {}): Promise<StoreOutcome> {
    const maxAge = maxAgeIn(options)
    return this.#change(() => {
      this.#setMaxAge(maxAge)
      return this.#save()
    })
  }

  async rotate(id?: string): Promise<StoreOutcome> {
    if (id !== undefined) checkId(id, this.#store.shared.options.hashIds)
    return this.#change(() => {
      this.#state.regenerate(true, id)
      return this.#save()
    })
  }

  async destroy(): Promise<StoreOutcome> {
    return this.#change(async () => {
      const { row, rowId } = this.#state
      const { ending, time } = this.#store.shared
      const count = await ending.end(rowId, 'logout', time.begin(), row)
      this.#isGone = true
      return count > 0 ? 'written' : 'gone'
    })
  }

  async #change(work: () => Promise<StoreOutcome>): Promise<StoreOutcome> {
    const run = async (): Promise<StoreOutcome> => (this.#isGone ? 'gone' : work())
    const { inOrder, shared, assertOpen } = this.#store
    assertOpen()
    return inOrder.change(this.#state.rowId, shared.time.begin(), run)
  }

  #setMaxAge(maxAge: number | null | undefined): void {
    if (maxAge !== undefined && maxAge !== this.maxAge) this.#state.changeMeta({ maxAge: maxAge ?? undefined })
  }

  /** Whether a renewal is due. The option `rolling` of the manager does not count: the host decides when to ask. */
  get #isRenewalDue(): boolean {
    const { row } = this.#state
    return row !== undefined && isTouchDue(this.#store.shared.options, row)
  }

  /** The properties that differ; `undefined` for those that are gone. A column that is NULL may be left out. */
  #changed(next: Values): Map<string, unknown> {
    const known = this.#known
    const { columns } = this.#store.shared.repository.schema
    const changes = new Map<string, unknown>()
    for (const name of Object.keys(known)) {
      if (!(name in next) && !(columns.has(name) && known[name] === null)) changes.set(name, undefined)
    }
    for (const [name, value] of Object.entries(next)) {
      if (!isDeepStrictEqual(value, known[name])) changes.set(name, copyOf(value))
    }
    return changes
  }

  /** Writes what has changed. If that fails, the changes are forgotten: the host passes all properties again. */
  async #save(): Promise<StoreOutcome> {
    const state = this.#state
    if (planWrite(state, state.properties.changes()) === 'none' && !this.#isRenewalDue) {
      await this.#store.shared.lastSeen.see(state)
      return 'unchanged'
    }
    state.touch()
    try {
      await this.#session.save()
      return 'written'
    } catch (error) {
      this.#isGone = isGoneError(error)
      if (this.#isGone) return 'gone'
      state.forgetChanges()
      throw error
    }
  }
}

/** Throws `OPTION_INVALID` for a `maxAge` that is no time. */
export function maxAgeIn({ maxAge }: StoreOptions): number | null | undefined {
  const isTime = (value: unknown): value is number | null | undefined =>
    value == null || (Number.isFinite(value) && (value as number) > 0)
  return check('maxAge', maxAge, isTime, 'milliseconds above 0, or null for those of the manager')
}
