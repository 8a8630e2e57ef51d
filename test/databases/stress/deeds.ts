import { setImmediate as othersRun } from 'node:timers/promises'
import { type Deed, keyOf } from './log.js'

/** What a request is asked to do. */
export interface Order {
  readonly n: number
  readonly user: number
  /** The number of the request whose key is to be deleted. */
  readonly drop: number | undefined
}

/** The session of a request, whichever library keeps it. */
export interface Subject {
  readonly session: Record<string, unknown>
  /** Changes the session by what it holds. */
  update(change: (session: Record<string, unknown>) => void): Promise<unknown>
  login(): Promise<unknown>
  logout(): unknown
  revoke(user: number): Promise<unknown>
}

type Act = (subject: Subject, order: Order) => unknown

const mark: Act = ({ session }, { n }) => {
  session[keyOf(n)] = n
}

const label: Act = ({ session }, { n }) => {
  session.label = String(n)
  session.last = n
}

const deeds: Readonly<Record<Deed, Act>> = {
  begin: (subject, order) => {
    Object.assign(subject.session, { user: order.user, userId: order.user, began: Date.now(), cart: { items: [] } })
    mark(subject, order)
    label(subject, order)
  },
  mark,
  count: async (subject, order) => {
    mark(subject, order)
    await subject.update((session) => {
      session.hits = Number(session.hits ?? 0) + 1
      session.points = Number(session.points ?? 0) + 1
    })
  },
  push: ({ session }, { n }) => void (session.cart as { items: number[] }).items.push(n),
  label,
  drop: ({ session }, { drop = 0 }) => {
    if (!(keyOf(drop) in session)) return undefined
    delete session[keyOf(drop)]
    return drop
  },
  login: async (subject, order) => {
    await subject.login()
    mark(subject, order)
    label(subject, order)
  },
  read: () => {},
  logout: (subject) => void subject.logout(),
  revoke: async (subject, { user }) => void (await subject.revoke(user)),
}

/** Does it, after other requests had their turn, as they have while a handler awaits something. Tells what it has deleted. */
export async function perform(deed: Deed, subject: Subject, order: Order): Promise<unknown> {
  await othersRun()
  return deeds[deed](subject, order)
}
