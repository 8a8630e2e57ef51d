import type { DataSource, QueryRunner } from 'typeorm'
import type { Constructor } from '../model/metadata.js'
import { HeldConnection } from './connection.js'
import type { Ready } from './registration.js'

/**
 * Creates the table of an entity that was added late, or adds its missing columns, once, when the first session needs it.
 * Parallel calls share the work. When the time limit of one passes, all begin anew, so that a hanging statement blocks none
 * of the later ones.
 */
export function lateTable(dataSource: DataSource, entity: Constructor): Ready {
  let current: Creation | undefined
  let isThere = false
  return async (attempt) => {
    if (isThere) return
    current ??= new Creation(dataSource, entity)
    const creation = current
    const forget = (): void => {
      if (current === creation) current = undefined
    }
    attempt.sends(() => {
      forget()
      creation.abandon()
    })
    try {
      await creation.done
      isThere = true
    } catch (error) {
      forget() // the next request tries again
      throw error
    }
  }
}

/** The creation of one table. */
class Creation {
  readonly done: Promise<void>
  readonly #dataSource: DataSource
  readonly #entity: Constructor
  readonly #abandoned: Promise<never>
  #fail: ((reason: Error) => void) | undefined
  #isAbandoned = false
  #connection: HeldConnection | undefined

  constructor(dataSource: DataSource, entity: Constructor) {
    this.#dataSource = dataSource
    this.#entity = entity
    this.#abandoned = new Promise((_, reject) => {
      this.#fail = reject
    })
    this.done = Promise.race([inTurn(dataSource, () => this.#create()), this.#abandoned])
  }

  abandon(): void {
    this.#isAbandoned = true
    this.#fail?.(new Error('The table of the sessions was not created within the time limit.'))
    this.#connection?.abandon()
  }

  #create(): Promise<void> {
    return this.#isAbandoned ? this.#abandoned : Promise.race([this.#ensure(), this.#abandoned])
  }

  async #ensure(): Promise<void> {
    if ((await this.#isComplete()) || this.#isAbandoned) return
    const builder = this.#dataSource.driver.createSchemaBuilder()
    const building = builder.build()
    const runner = Reflect.get(builder, 'queryRunner') as QueryRunner | undefined
    this.#connection = runner && new HeldConnection(runner)
    await building
  }

  /** Whether the table exists with all columns, for example because it was created before the model was registered. */
  async #isComplete(): Promise<boolean> {
    const runner = this.#dataSource.createQueryRunner()
    const connection = new HeldConnection(runner)
    this.#connection = connection
    try {
      const { tablePath, columns } = this.#dataSource.getMetadata(this.#entity)
      const table = (await runner.hasTable(tablePath)) ? await runner.getTable(tablePath) : undefined
      return columns.every((column) => column.isVirtualProperty || table?.findColumnByName(column.databaseName))
    } finally {
      await connection.release()
    }
  }
}

/**
 * The key under which a data source holds the last creation under way, so that two models do not create the same tables at
 * once.
 */
const lastTurnKey: unique symbol = Symbol.for('koa-session-model.last-turn') as never

function inTurn(dataSource: DataSource & { [lastTurnKey]?: Promise<void> }, work: () => Promise<void>): Promise<void> {
  const turn = (dataSource[lastTurnKey] ?? Promise.resolve()).then(work, work)
  dataSource[lastTurnKey] = turn.catch(() => {})
  return turn
}
