import {
  type IdPage,
  type LivingRows,
  MemorySessionBackend,
  type RowFilter,
  type SessionBackend,
  type SessionRow,
} from 'koa-session-model'
import type { TestColumns } from 'koa-session-model/testing'

const longAgo = new Date(0)
const all = { createdAfter: null, limit: Number.POSITIVE_INFINITY, after: null }

class Memory extends MemorySessionBackend<TestColumns> {
  constructor() {
    super({ userId: null, label: null })
  }
}

class CountingTheExpired extends Memory {
  override count(where: RowFilter, { createdAfter }: LivingRows): Promise<number> {
    return super.count(where, { now: longAgo, createdAfter })
  }
}

class CountingAll extends Memory {
  override count(_: RowFilter, living: LivingRows): Promise<number> {
    return super.count({}, living)
  }
}

class CountingMarkers extends Memory {
  override async count(where: RowFilter, { now }: LivingRows): Promise<number> {
    return (await super.list(where, now, Number.POSITIVE_INFINITY)).length
  }
}

class CountingTheOld extends Memory {
  override count(where: RowFilter, { now }: LivingRows): Promise<number> {
    return super.count(where, { now, createdAfter: null })
  }
}

class CountingAlikeTexts extends Memory {
  override async count(where: RowFilter, living: LivingRows): Promise<number> {
    const { label } = where
    if (typeof label !== 'string') return super.count(where, living)
    const rows = await super.listById({}, { ...all, ...living })
    return rows.filter(({ columns }) => String(columns.label).toLowerCase() === label.toLowerCase()).length
  }
}

/** Gives pages by expiry, but begins them behind an id. */
class PagingByExpiry extends Memory {
  override async listById(where: RowFilter, { now, limit, after }: IdPage): Promise<readonly SessionRow[]> {
    const rows = await super.list(where, now, Number.POSITIVE_INFINITY)
    return rows.filter(({ id }) => !id.startsWith('~') && (after === null || id > after)).slice(0, limit)
  }
}

class BeginningAtTheLast extends Memory {
  override async listById(where: RowFilter, page: IdPage): Promise<readonly SessionRow[]> {
    const rows = await super.listById(where, { ...page, ...all })
    return rows.filter(({ id }) => page.after === null || id >= page.after).slice(0, page.limit)
  }
}

/** Looks for the place of the last row, which may be gone. */
class PagingByPlace extends Memory {
  override async listById(where: RowFilter, page: IdPage): Promise<readonly SessionRow[]> {
    const rows = await super.listById(where, { ...page, ...all })
    const first = rows.findIndex(({ id }) => id === page.after) + 1
    return rows.slice(first, first + page.limit)
  }
}

class PagingExpiredRows extends Memory {
  override listById(where: RowFilter, page: IdPage): Promise<readonly SessionRow[]> {
    return super.listById(where, { ...page, now: longAgo })
  }
}

class PagingAll extends Memory {
  override listById(_: RowFilter, page: IdPage): Promise<readonly SessionRow[]> {
    return super.listById({}, page)
  }
}

class PagingTheOld extends Memory {
  override listById(where: RowFilter, page: IdPage): Promise<readonly SessionRow[]> {
    return super.listById(where, { ...page, createdAfter: null })
  }
}

/** Leaves out rows after it has taken a full page, so that a page with fewer rows is not the last one. */
class PagingTooFew extends Memory {
  override async listById(where: RowFilter, page: IdPage): Promise<readonly SessionRow[]> {
    return (await super.listById({}, page)).filter(({ columns }) =>
      Object.entries(where).every(([name, value]) => name === 'id' || columns[name] === value),
    )
  }
}

/** Backends that each break one rule on counting sessions or on reading all of them. */
export const faultyIteration: Readonly<Record<string, new () => SessionBackend<TestColumns>>> = {
  'counts expired rows': CountingTheExpired,
  'counts what does not match': CountingAll,
  'counts rows that are no sessions': CountingMarkers,
  'counts rows from before a moment': CountingTheOld,
  'counts texts that are alike': CountingAlikeTexts,
  'gives pages by expiry': PagingByExpiry,
  'begins a page with the last row': BeginningAtTheLast,
  'loses its place when a row is gone': PagingByPlace,
  'gives pages of expired rows': PagingExpiredRows,
  'gives pages of what does not match': PagingAll,
  'gives pages of rows from before a moment': PagingTheOld,
  'gives fewer rows than there are': PagingTooFew,
}
