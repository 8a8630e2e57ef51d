import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { MemorySessionBackend, SessionManager } from 'koa-session-model'
import type { Session } from '../../../src/core/session/session.js'
import { Clock } from '../../support/clock.js'
import { openSession } from '../../support/open-session.js'
import { type Act, columns, type Step } from './history.js'
import { hasChanges, Replay, type Sight, type Values } from './replay.js'

type WriteKind = 'save' | 'count' | 'commit' | 'login' | 'end'
type Request = Sight & { readonly session: Session }

const grace = 10_000

/** Runs a history on a real session, beside a replay of what was acknowledged. */
export class HistoryRun {
  readonly #clock = new Clock()
  readonly #manager: SessionManager
  readonly #replay: Replay
  readonly #requests = new Map<number, Request>()
  /** The ids that the session has had. */
  readonly #ids: string[]
  /** Sessions that late logins have begun. */
  readonly #others = new Map<string, Values>()

  private constructor(manager: SessionManager, clock: Clock, session: Session) {
    this.#manager = manager
    this.#clock = clock
    this.#ids = [session.id]
    this.#replay = new Replay(session.id, valuesOf(session))
  }

  static async start(): Promise<HistoryRun> {
    const clock = new Clock()
    const backend = new MemorySessionBackend<object>(columns)
    const manager = new SessionManager({ backend, cleanup: false, now: clock.now, grace })
    const session = await openSession(manager)
    session.properties.set('counter', 0)
    await session.commit()
    return new HistoryRun(manager, clock, session)
  }

  async step({ request: number, id, act }: Step): Promise<void> {
    if (act[0] === 'pass') return this.#clock.pass(act[1])
    const request = this.#requests.get(number) ?? (await this.#open(this.#ids[id % this.#ids.length] ?? ''))
    if (!request) return
    this.#requests.set(number, request)
    if (await this.#act(request, act)) this.#requests.delete(number)
    else deepStrictEqual(valuesOf(request.session), request.view, 'the request sees what it should')
  }

  /** Commits the requests that are under way, and compares what is stored. */
  async finish(): Promise<void> {
    for (const request of this.#requests.values()) await this.#act(request, ['commit'])
    const { isEnded, id, values } = this.#replay
    for (const [other, expected] of this.#others) deepStrictEqual(await this.#stored(other), expected)
    deepStrictEqual(await this.#stored(id), isEnded ? undefined : values)
    this.#clock.pass(grace / 1000)
    for (const old of this.#ids) if (old !== id) strictEqual(await this.#stored(old), undefined)
  }

  async #stored(id: string): Promise<Values | undefined> {
    const session = await openSession(this.#manager, id)
    return session.isNew ? undefined : valuesOf(session)
  }

  async #open(id: string): Promise<Request | undefined> {
    const session = await openSession(this.#manager, id)
    const sight = this.#replay.open(id, this.#clock.now(), grace)
    strictEqual(session.isNew, sight === undefined, 'the id opens what it should')
    return sight && { ...sight, session }
  }

  /** Tells whether the request is over. */
  async #act(request: Request, act: Act): Promise<boolean> {
    const { session, view } = request
    switch (act[0]) {
      case 'set':
        session.properties.set(act[1], act[2])
        view.set(act[1], act[2])
        return false
      case 'remove':
        session.properties.remove(act[1])
        if (Object.hasOwn(columns, act[1])) view.set(act[1], columns[act[1]])
        else view.delete(act[1])
        return false
      case 'read':
      case 'pass':
        return false
      default:
        return this.#write(request, act[0])
    }
  }

  async #write(request: Request, kind: WriteKind): Promise<boolean> {
    const { session } = request
    const count = () => session.properties.set('counter', Number(session.properties.get('counter')) + 1)
    if (kind === 'login') await session.regenerate()
    if (kind === 'commit' || kind === 'login') await session.commit()
    else if (kind === 'end') await session.destroy()
    else {
      const work = kind === 'save' ? session.save() : session.update(count)
      const code = await work.catch((error) => error.code)
      const isGone = this.#replay.isEnded && (kind === 'count' || hasChanges(request))
      strictEqual(code, isGone ? 'SESSION_GONE' : undefined)
    }
    if (kind === 'end') this.#replay.isEnded = true
    if (this.#replay.isEnded) return true
    this.#acknowledge(request, kind)
    return kind === 'commit' || kind === 'login'
  }

  #acknowledge(request: Request, kind: WriteKind): void {
    const replay = this.#replay
    const isLate = request.id !== replay.id
    const { id } = request.session
    if (kind === 'login' && isLate) return void this.#others.set(id, request.view)
    const before = replay.values
    replay.write(request)
    if (kind === 'count') replay.count(request)
    if (kind === 'login') {
      replay.replace(id, before, this.#clock.now())
      this.#ids.push(id)
    }
  }
}

/** The properties of a session. */
export function valuesOf({ properties }: Session): Map<string, unknown> {
  return new Map(Object.entries(structuredClone({ ...properties.toObject() })))
}
