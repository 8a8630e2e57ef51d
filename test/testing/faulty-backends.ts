import {
  type ExpiredRow,
  MemorySessionBackend,
  type PassedRows,
  type RowFilter,
  type RowTouch,
  type RowUpdate,
  type SessionBackend,
  type SessionRow,
} from 'koa-session-model'
import type { TestColumns } from 'koa-session-model/testing'

const columns: TestColumns = { userId: null, label: null }

class Memory extends MemorySessionBackend<TestColumns> {
  constructor() {
    super(columns)
  }
}

/** Replaces a row on insert, and brings one back on update. */
class Upserting extends Memory {
  override async insert(rows: readonly SessionRow[]): Promise<void> {
    await this.delete(rows.map((row) => row.id))
    await super.insert(rows)
  }
}

class ResurrectingUpdate extends Memory {
  override async update(updates: readonly RowUpdate[]): Promise<readonly boolean[]> {
    for (const { id, values } of updates) {
      const [row] = await this.find([id])
      const expires = values.expires ?? new Date(0)
      if (!row)
        await this.insert([
          { id, data: '{}', createdAt: null, version: 1, columns: {}, ...values, expires } as SessionRow,
        ])
    }
    return super.update(updates)
  }
}

class IgnoringVersions extends Memory {
  override update(updates: readonly RowUpdate[]): Promise<readonly boolean[]> {
    return super.update(updates.map((update) => ({ ...update, version: null })))
  }
}

const longAgo = new Date(0)

class ForgettingExpiryOnUpdate extends Memory {
  override update(updates: readonly RowUpdate[]): Promise<readonly boolean[]> {
    return super.update(updates.map((update) => ({ ...update, now: longAgo })))
  }
}

class ForgettingExpiryOnTouch extends Memory {
  override touch(touches: readonly RowTouch[]): Promise<readonly boolean[]> {
    return super.touch(touches.map((touch) => ({ ...touch, now: longAgo })))
  }
}

class ForgettingExpiryOnList extends Memory {
  override list(where: Parameters<Memory['list']>[0], _: Date, limit: number): Promise<readonly SessionRow[]> {
    return super.list(where, longAgo, limit)
  }
}

class SweepingTheLiving extends Memory {
  override deleteExpired(now: Date, ids: readonly string[]): Promise<number> {
    return super.deleteExpired(new Date(now.getTime() + 60_000), ids)
  }
}

class FindingTheLiving extends Memory {
  override findExpired(now: Date, limit: number, passed: PassedRows): Promise<readonly ExpiredRow[]> {
    return super.findExpired(new Date(now.getTime() + 60_000), limit, passed)
  }
}

class FindingThePassed extends Memory {
  override findExpired(now: Date, limit: number): Promise<readonly ExpiredRow[]> {
    return super.findExpired(now, limit, { from: null, except: [] })
  }
}

/** Gives the data of whichever row it read last. */
class LeakingBetweenIds extends Memory {
  override async find(ids: readonly string[]): Promise<readonly SessionRow[]> {
    const all = await this.list({ label: null }, longAgo, 1)
    return (await super.find(ids)).map((row) => ({ ...row, columns: all[0]?.columns ?? row.columns }))
  }
}

class FoldingCase extends Memory {
  override find(ids: readonly string[]): Promise<readonly SessionRow[]> {
    return super.find(ids.map((id) => id.toLowerCase()))
  }
}

/** Takes texts for equal that differ in case, accents or blanks at the end, as a collation does. */
class Collating extends Memory {
  override async list(where: RowFilter, now: Date, limit: number): Promise<readonly SessionRow[]> {
    const rows = await super.list({}, now, Number.POSITIVE_INFINITY)
    return rows
      .filter((row) => Object.entries(where).every(([name, value]) => isAlike(row.columns[name], value)))
      .slice(0, limit)
  }

  override async deleteWhere(where: RowFilter, except: readonly string[]): Promise<number> {
    const rows = await this.list(where, longAgo, Number.POSITIVE_INFINITY)
    return this.delete(rows.map(({ id }) => id).filter((id) => !except.includes(id)))
  }
}

const { compare } = new Intl.Collator('en', { sensitivity: 'base' })

function isAlike(a: unknown, b: unknown): boolean {
  return typeof a === 'string' && typeof b === 'string' ? compare(a.trimEnd(), b.trimEnd()) === 0 : a === b
}

class WritingTheSameToAll extends Memory {
  override async update(updates: readonly RowUpdate[]): Promise<readonly boolean[]> {
    const outcomes = await super.update(updates)
    return outcomes.map(() => outcomes.includes(true))
  }
}

class CuttingSeconds extends Memory {
  override insert(rows: readonly SessionRow[]): Promise<void> {
    const cut = (date: Date) => new Date(date.getTime() - (date.getTime() % 60_000))
    return super.insert(rows.map((row) => ({ ...row, expires: cut(row.expires) })))
  }
}

/** Backends that each break one rule. */
export const faultyBackends: Readonly<Record<string, new () => SessionBackend<TestColumns>>> = {
  'replaces a row when it inserts': Upserting,
  'brings a row back when it updates': ResurrectingUpdate,
  'ignores the version': IgnoringVersions,
  'forgets the expiry when it updates': ForgettingExpiryOnUpdate,
  'forgets the expiry when it touches': ForgettingExpiryOnTouch,
  'forgets the expiry when it lists': ForgettingExpiryOnList,
  'sweeps living sessions': SweepingTheLiving,
  'finds living sessions to sweep': FindingTheLiving,
  'finds again what the sweep has passed': FindingThePassed,
  'leaks between ids': LeakingBetweenIds,
  'folds the case of ids': FoldingCase,
  'takes texts for equal that are alike': Collating,
  'tells one outcome for all': WritingTheSameToAll,
  'cuts the seconds': CuttingSeconds,
}
