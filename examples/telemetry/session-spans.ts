import { tracingChannel } from 'node:diagnostics_channel'
import { context, type Span, SpanStatusCode, type Tracer } from '@opentelemetry/api'
import type { SessionTrace, SessionTraces } from 'koa-session-model'

const spanNames = {
  load: 'session load',
  commit: 'session commit',
  cleanup: 'session cleanup',
} satisfies Record<keyof SessionTraces, string>

/** Makes a span of each load, commit and clean-up, below the active span. Returns a function that stops it. */
export function traceSessions(tracer: Tracer): () => void {
  const names = Object.keys(spanNames) as (keyof SessionTraces)[]
  const stops = names.map((name) => traceOperation(tracer, name))
  return () => {
    for (const stop of stops) stop()
  }
}

function traceOperation(tracer: Tracer, name: keyof SessionTraces): () => void {
  const spans = new WeakMap<object, Span>()
  const channel = tracingChannel<unknown, SessionTrace>(`koa-session-model:${name}`)
  const listeners = {
    start: (message: SessionTrace): void => {
      const attributes = { 'session.manager': message.key }
      spans.set(message, tracer.startSpan(spanNames[name], { attributes }, context.active()))
    },
    error: (message: SessionTrace): void => {
      const span = spans.get(message)
      if (message.error instanceof Error) span?.recordException(message.error)
      span?.setStatus({ code: SpanStatusCode.ERROR })
    },
    asyncEnd: (message: SessionTrace): void => {
      spans.get(message)?.setAttributes(attributesOf(message)).end()
    },
    end: (): void => {},
    asyncStart: (): void => {},
  }
  channel.subscribe(listeners)
  return () => channel.unsubscribe(listeners)
}

/** The attributes that are known at the end: those that the operation has. */
function attributesOf(message: SessionTrace): Record<string, string | number | boolean> {
  const { session, found, outcome, removed } = message as Partial<
    SessionTraces['load'] & SessionTraces['commit'] & SessionTraces['cleanup']
  >
  return {
    ...(session !== undefined && { 'session.name': session }),
    ...(found !== undefined && { 'session.found': found }),
    ...(outcome !== undefined && { 'session.outcome': outcome }),
    ...(removed !== undefined && { 'session.rows_removed': removed }),
  }
}
