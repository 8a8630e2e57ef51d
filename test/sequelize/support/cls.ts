import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { Sequelize } from 'sequelize'

/** What Sequelize needs of a namespace of continuation-local storage. */
class Namespace {
  readonly #storage = new AsyncLocalStorage<Map<string, unknown>>()

  get(key: string): unknown {
    return this.#storage.getStore()?.get(key)
  }

  set(key: string, value: unknown): void {
    this.#storage.getStore()?.set(key, value)
  }

  run(work: (context: object) => void): void {
    const context = new Map(this.#storage.getStore())
    this.#storage.run(context, () => work(context))
  }

  bind(work: () => void): () => void {
    return AsyncResource.bind(work)
  }
}

/** Lets every query join the transaction that is around it, until the returned function is called. */
export function useCls(): () => void {
  Sequelize.useCLS(new Namespace())
  return () => {
    Reflect.set(Sequelize, '_cls', undefined)
  }
}
