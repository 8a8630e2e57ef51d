import { AsyncLocalStorage } from 'node:async_hooks'
import type { Scheduler } from 'fast-check'
import { MemorySessionBackend, type RowUpdate } from 'koa-session-model'

/** Whose call it is. */
const requests = new AsyncLocalStorage<number>()

/** A backend whose calls wait for a scheduler, and that notes in which order requests have written. */
export class SlowBackend extends MemorySessionBackend<object> {
  /** The requests that have written, in the order of their writes. */
  readonly written: number[] = []
  #scheduler: Scheduler | undefined

  /** Runs what the request does from now on with calls that wait for the scheduler. */
  run<T>(request: number, scheduler: Scheduler, work: () => Promise<T>): Promise<T> {
    this.#scheduler = scheduler
    return requests.run(request, work)
  }

  override async find(ids: readonly string[]) {
    await this.#wait('find')
    return super.find(ids)
  }

  override async update(updates: readonly RowUpdate[]) {
    await this.#wait('update')
    const written = await super.update(updates)
    const request = requests.getStore()
    if (request !== undefined && written[0]) this.written.push(request)
    return written
  }

  async #wait(call: string): Promise<void> {
    const request = requests.getStore()
    if (request !== undefined) await this.#scheduler?.schedule(Promise.resolve(), `request ${request}: ${call}`)
  }
}
