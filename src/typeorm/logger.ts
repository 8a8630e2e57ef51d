import type { DataSource, Logger } from 'typeorm'
import { harmless } from '../model/harmless.js'

/** Marks a logger that throws nothing, for all copies of this package. */
const harmlessKey: unique symbol = Symbol.for('koa-session-model.harmless-logger') as never

/**
 * Sees to it that no logger of the application fails a statement of the data source: TypeORM calls it before and after the
 * statement, on some databases where nobody can catch what it throws. The logger may be replaced at any time.
 */
export function guardLogger(dataSource: DataSource): void {
  const { logger } = dataSource
  if (!(logger as { [harmlessKey]?: true })[harmlessKey]) dataSource.logger = new Proxy(logger, new HarmlessLogger())
}

type Method = (...args: never[]) => unknown

/** What stands before a logger of the application. */
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
