import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Meter } from '@opentelemetry/api'
import type { LoadTrace, SessionEvents, SessionMessage } from 'koa-session-model'

/** Counts what happens to sessions, and measures how long loads take. Returns a function that stops it. */
export function measureSessions(meter: Meter): () => void {
  const stops = [...countEvents(meter), ...timeLoads(meter)]
  return () => {
    for (const stop of stops) stop()
  }
}

function countEvents(meter: Meter): (() => void)[] {
  const created = meter.createCounter('session.created', { unit: '{session}' })
  const ended = meter.createCounter('session.ended', { unit: '{session}' })
  const rejected = meter.createCounter('session.rejected', { unit: '{request}' })
  const conflicts = meter.createCounter('session.conflicts', { unit: '{conflict}' })
  return [
    on('created', ({ key }) => created.add(1, { 'session.manager': key })),
    on('destroyed', ({ key, count, reason }) => ended.add(count, { 'session.manager': key, reason })),
    // An expired session that a request meets is counted when the clean-up removes its row.
    on('expired', ({ key, count, session }) => {
      if (session === null) ended.add(count, { 'session.manager': key, reason: 'expired' })
    }),
    on('rejected', ({ key, reason }) => rejected.add(1, { 'session.manager': key, reason })),
    on('conflict', ({ key }) => conflicts.add(1, { 'session.manager': key })),
  ]
}

function timeLoads(meter: Meter): (() => void)[] {
  const duration = meter.createHistogram('session.load.duration', { unit: 's' })
  const begins = new WeakMap<object, number>()
  return [
    listen('tracing:koa-session-model:load:start', (message) => begins.set(message, performance.now())),
    listen('tracing:koa-session-model:load:asyncEnd', (message) => {
      const seconds = (performance.now() - (begins.get(message) ?? performance.now())) / 1000
      const { key, error } = message as LoadTrace
      duration.record(seconds, { 'session.manager': key, failed: error !== undefined })
    }),
  ]
}

function on<Name extends keyof SessionEvents>(
  name: Name,
  listener: (message: SessionMessage<Name>) => void,
): () => void {
  return listen(`koa-session-model:${name}`, (message) => listener(message as SessionMessage<Name>))
}

function listen(channel: string, listener: (message: object) => void): () => void {
  const subscriber = (message: unknown): void => listener(message as object)
  subscribe(channel, subscriber)
  return () => void unsubscribe(channel, subscriber)
}
