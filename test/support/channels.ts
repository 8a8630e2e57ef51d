import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel'
import type { SessionEvents, SessionMessage, SessionTraces } from 'koa-session-model'
import { afterEach } from 'mocha'

/** The names of all events. */
export const eventNames = Object.keys({
  created: 0,
  authenticated: 0,
  loaded: 0,
  renewed: 0,
  rotated: 0,
  destroyed: 0,
  expired: 0,
  rejected: 0,
  conflict: 0,
  gone: 0,
  error: 0,
} satisfies Record<keyof SessionEvents, 0>) as (keyof SessionEvents)[]

const phases = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const

/** One message of a tracing channel, as it was when it came. */
export interface Traced<Name extends keyof SessionTraces> {
  readonly phase: (typeof phases)[number]
  readonly facts: SessionTraces[Name]
  /** The message itself, which is one object for all phases. */
  readonly message: object
}

const open: (() => void)[] = []

afterEach(() => {
  for (const stop of open.splice(0)) stop()
})

/** Collects the messages of all channels of events, until the test ends. */
export function eventMessages() {
  const heard: { name: keyof SessionEvents; message: SessionMessage<keyof SessionEvents> }[] = []
  for (const name of eventNames) {
    const listener = (message: unknown): void => {
      heard.push({ name, message: message as SessionMessage<keyof SessionEvents> })
    }
    subscribe(`koa-session-model:${name}`, listener)
    open.push(() => unsubscribe(`koa-session-model:${name}`, listener))
  }
  return heard
}

/** Collects the messages of a tracing channel, until the test ends. */
export function traces<Name extends keyof SessionTraces>(name: Name): Traced<Name>[] {
  const heard: Traced<Name>[] = []
  const channel = tracingChannel(`koa-session-model:${name}`)
  for (const phase of phases) {
    const listener = (message: unknown): void => {
      heard.push({ phase, facts: { ...(message as SessionTraces[Name]) }, message: message as object })
    }
    channel[phase].subscribe(listener)
    open.push(() => channel[phase].unsubscribe(listener))
  }
  return heard
}
