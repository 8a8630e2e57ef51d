import { checkWhere } from '../../core/backend/row-filter.js'
import { orErrorCode } from '../../core/errors.js'
import { Cursors } from '../../core/manager/cursors.js'
import { ListedRow } from '../../core/manager/listed-row.js'
import type { ListedSession } from '../../core/manager/manager-types.js'
import { exitCodes } from '../cli-error.js'
import { type Command, whereOption } from '../command.js'
import { type Opened, withSessions } from '../load/open-config.js'
import { within } from '../numbers.js'
import { tableOf } from '../output/table.js'
import { warnOfRawIds } from '../raw-ids.js'
import { shownColumns } from '../shown-columns.js'
import { parseWhere } from '../where.js'

/** A session as `list` shows it: without its data. */
interface Line {
  readonly id: string
  readonly createdAt: unknown
  readonly expires: unknown
  /** Only if the table keeps it. */
  readonly lastSeenAt?: unknown
  readonly columns: Record<string, unknown>
}

export const list: Command = {
  name: 'list',
  does: 'list living sessions, those that expire first in front',
  needsConfig: true,
  options: [
    whereOption,
    { flags: '--limit <rows>', does: 'at most so many, 1 to 100000 (default 100)', reads: 'number' },
  ],
  async run({ options, output }) {
    return withSessions(options, async (opened) => {
      const limit = within('--limit', options.limit ?? 100, 1, 100_000)
      const lines = await linesOf(opened, parseWhere(options.where ?? [], opened.access), limit)
      warnOfRawIds(opened, output)
      await output.result({ sessions: lines }, () => textOf(lines, opened))
      return exitCodes.done
    })
  },
}

async function linesOf({ shared }: Opened, where: object, limit: number): Promise<Line[]> {
  const { repository, time } = shared
  const isAll = Object.keys(where).length === 0
  const condition = isAll ? {} : checkWhere(where, repository.schema.columns)
  const rows = await repository.list(condition, limit, time.begin())
  const cursors = new Cursors(shared.options, condition)
  return rows.map((row) => {
    const listed: ListedSession = new ListedRow(row, repository.schema, cursors)
    return {
      id: row.id,
      createdAt: orErrorCode(() => listed.createdAt),
      expires: orErrorCode(() => listed.expires),
      ...(keepsLastSeen(repository) && { lastSeenAt: listed.lastSeenAt }),
      columns: shownColumns(row.columns),
    }
  })
}

function keepsLastSeen({ options }: Opened['shared']['repository']): boolean {
  return options.backend.capabilities.lastSeenDates === true
}

function textOf(lines: readonly Line[], { access }: Opened): string | Promise<string> {
  if (lines.length === 0) return 'No living session matches.'
  const names = access.session.columns.map(({ name }) => name)
  const seen = access.session.lastSeenAt === undefined ? [] : ['last seen']
  const cells = (line: Line) => [
    line.id,
    shown(line.createdAt),
    shown(line.expires),
    ...seen.map(() => shown(line.lastSeenAt)),
    ...names.map((name) => line.columns[name]),
  ]
  return tableOf(['id', 'created', 'expires', ...seen, ...names], lines.map(cells))
}

function shown(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : value
}
