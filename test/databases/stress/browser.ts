import type { Order } from './deeds.js'
import type { Deed, Entry, Outcome } from './log.js'
import { queryOf } from './order.js'

/** Numbers that grow with everything that happens at the client. */
export class Ticks {
  #last = 0

  next(): number {
    return ++this.#last
  }
}

/** Sends one request with this id in its cookie, and tells what came of it. */
export async function send(
  url: string,
  deed: Deed,
  order: Order,
  from: string | undefined,
  ticks: Ticks,
): Promise<Entry> {
  const sent = { n: order.n, deed, user: order.user, from, start: ticks.next(), sentAt: Date.now() }
  const answer = await ask(url + deed + queryOf(order), from)
  return {
    ...sent,
    end: ticks.next(),
    answeredAt: Date.now(),
    outcome: outcomeOf(deed, answer),
    to: answer.cookie === '' ? undefined : answer.cookie,
    began: answer.body.began,
    // If nobody knows what became of it, it may have deleted what it was to delete.
    dropped: answer.status >= 500 ? order.drop : answer.body.dropped,
  }
}

interface Answer {
  readonly status: number
  /** The id that the response set; empty text where it cleared the cookie. */
  readonly cookie: string | undefined
  readonly body: { readonly began?: number; readonly dropped?: number }
}

async function ask(url: string, id: string | undefined): Promise<Answer> {
  try {
    const response = await fetch(url, id === undefined ? {} : { headers: { cookie: `sid=${id}` } })
    const text = await response.text()
    const [line] = response.headers.getSetCookie().filter((header) => header.startsWith('sid='))
    return {
      status: response.status,
      cookie: line && /=([^;]*)/.exec(line)?.[1],
      body: response.ok ? JSON.parse(text) : {},
    }
  } catch {
    return { status: 599, cookie: undefined, body: {} }
  }
}

/** A response that clears the cookie tells that the session has ended, whatever its status. */
function outcomeOf(deed: Deed, { status, cookie }: Answer): Outcome {
  if (status === 503) return 'refused'
  if (status >= 500) return 'failed'
  const isGone = status === 410 || status === 401 || (cookie === '' && deed !== 'logout')
  if (isGone) return 'gone'
  return status === 200 ? 'stored' : 'failed'
}
