import type { Sequelize, Transaction } from 'sequelize'
import { WriteGate } from '../model/write-gate.js'

/** What hooks get of a query. `completesTransaction` marks the COMMIT or ROLLBACK, also to a savepoint. */
interface QueryOptions {
  readonly transaction?: TransactionOfQuery | null
  readonly completesTransaction?: boolean
}

type TransactionOfQuery = Transaction & { readonly parent?: TransactionOfQuery; readonly finished?: string }

/** The hooks of queries, which Sequelize has no types for. */
interface QueryHooks {
  addHook(name: 'beforeQuery' | 'afterQuery', hook: (options: QueryOptions, query: object) => unknown): void
}

/** Under this key an instance has its gate, which the models of the instance share. */
const gateKey: unique symbol = Symbol.for('koa-session-model.write-gate') as never

type Gated = Sequelize & { [gateKey]?: WriteGate }

/** The gate for session writes on the connection of this instance, if it has only one for everybody, as it does in memory. */
export function writeGateOf(sequelize: Sequelize | undefined): WriteGate | undefined {
  return (sequelize as Gated | undefined)?.[gateKey]
}

/** Makes the gate for an instance that needs one, unless it is there. It hears of transactions from now on. */
export function addWriteGate(sequelize: Sequelize): void {
  if (writeGateOf(sequelize) || !hasOneConnection(sequelize)) return
  const gate = new WriteGate()
  Object.defineProperty(sequelize, gateKey, { value: gate })
  listen(sequelize as unknown as QueryHooks, gate)
}

/** As Sequelize decides it. */
function hasOneConnection(sequelize: Sequelize): boolean {
  const { storage, host } = (sequelize as Sequelize & { options: { storage?: string; host?: string } }).options
  return sequelize.getDialect() === 'sqlite' && (storage ?? (host || ':memory:')) === ':memory:'
}

/**
 * The first query of a transaction begins it. The hooks after a query also run when it failed, unless one that is before
 * ours throws. Session statements have no transaction.
 */
function listen(sequelize: QueryHooks, gate: WriteGate): void {
  const open = new WeakSet<TransactionOfQuery>()
  const beginning = new WeakSet<object>()
  sequelize.addHook('beforeQuery', (options, query) => {
    const root = rootOf(options)
    if (!root) return undefined
    if (open.has(root)) return isLast(options) ? gate.ending() : undefined
    if (root.finished) return undefined
    open.add(root)
    beginning.add(query)
    return gate.begins()
  })
  sequelize.addHook('afterQuery', (options, query) => {
    const root = rootOf(options)
    if (!root) return
    if (beginning.delete(query)) gate.begun()
    else if (isLast(options) && open.delete(root)) gate.ended()
  })
}

function rootOf({ transaction }: QueryOptions): TransactionOfQuery | undefined {
  let root = transaction ?? undefined
  while (root?.parent) root = root.parent
  return root
}

/** Whether this query ends the outermost transaction. Sequelize has marked that as finished before. */
function isLast({ transaction, completesTransaction }: QueryOptions): boolean {
  return Boolean(completesTransaction && !transaction?.parent && transaction?.finished)
}
