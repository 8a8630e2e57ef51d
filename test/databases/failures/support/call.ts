import type { BackendCall, BackendWait } from 'koa-session-model'

/** A call whose time limit passes when the test says so. */
export class TestCall implements BackendCall {
  isOver = false
  /** What the backend has waited for so far. */
  readonly waits: BackendWait[] = []
  #abandon: (() => void) | undefined
  #tell: ((what: BackendWait) => void) | undefined

  waitsFor(what: BackendWait, abandon?: () => void): void {
    this.waits.push(what)
    this.#abandon = abandon
    this.#tell?.(what)
  }

  /** Resolves when the backend waits for this. */
  reaches(what: BackendWait): Promise<void> {
    return new Promise((resolve) => {
      this.#tell = (next) => next === what && resolve()
      if (this.waits.at(-1) === what) resolve()
    })
  }

  /** The time limit passes. */
  end(): void {
    this.isOver = true
    this.#abandon?.()
  }
}
