import { EventEmitter } from 'node:events'
import type { GoneReason } from './traces.js'

/** What a {@link SessionManager} tells of, by event. `session` is what `manager.list()` shows as `id`: with `hashIds` no secret. */
export interface SessionEvents {
  /** A request wanted to write to a session that was ended, or expired, meanwhile. What it wanted to write is dropped. */
  gone: { readonly session: string; readonly reason: GoneReason }
  /** Another request was faster. What this one changed is changed again on what the other has written. */
  conflict: { readonly session: string }
  /** A login was one too many, by the option `limit`, and this session was ended for it. */
  revoked: { readonly session: string; readonly reason: 'limit' }
}

/** Listens to one kind of event. */
export type SessionListener<Name extends keyof SessionEvents> = (event: SessionEvents[Name]) => void

/** An emitter that knows its events. A listener that throws harms no session: the error is reported as a warning. */
export class Events {
  readonly #emitter = new EventEmitter()

  on<Name extends keyof SessionEvents>(name: Name, listener: SessionListener<Name>): void {
    this.#emitter.on(name, listener)
  }

  off<Name extends keyof SessionEvents>(name: Name, listener: SessionListener<Name>): void {
    this.#emitter.off(name, listener)
  }

  emit<Name extends keyof SessionEvents>(name: Name, event: SessionEvents[Name]): void {
    try {
      this.#emitter.emit(name, event)
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error))
    }
  }
}
