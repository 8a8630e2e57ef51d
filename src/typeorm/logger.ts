import type { DataSource, Logger } from 'typeorm'
import { harmless } from '../model/harmless.js'

/** The key that marks a logger which never throws, for all copies of this package. */
const harmlessKey: unique symbol = Symbol.for('koa-session-model.harmless-logger') as never

/**
 * Prevents a logger of the application from failing statements: TypeORM calls it before and after each, on some databases
 * where nothing can catch its errors. The logger may be replaced at any time.
 */
export function guardLogger(dataSource: DataSource): void {
  const { logger } = dataSource
  if (!(logger as { [harmlessKey]?: true })[harmlessKey]) dataSource.logger = new Proxy(logger, new HarmlessLogger())
}

type Method = (...args: never[]) => unknown

/** Forwards to a logger of the application, and catches its errors. */
class HarmlessLogger implements ProxyHandler<Logger> {
  readonly #methods = new Map<Method, Method>()

  get(logger: Logger, name: string | symbol): unknown {
    if (name === harmlessKey) return true
    const member: unknown = Reflect.get(logger, name)
    if (typeof member !== 'function' || name === 'constructor') return member
    return this.#methods.get(member as Method) ?? this.#add(logger, member as Method)
  }

  #add(logger: Logger, member: Method): Method {
    const method = harmless(member.bind(logger) as Method)
    this.#methods.set(member, method)
    return method
  }
}
