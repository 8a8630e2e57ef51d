import { exitCodes, usageError } from '../cli-error.js'
import type { Command } from '../command.js'
import { withSessions } from '../load/open-config.js'
import type { Output } from '../output/output.js'
import { bar, bytes, tableOf } from '../output/table.js'
import { byColumn, type Share } from '../stats/by-column.js'
import { type Numbers, numbersOf } from '../stats/numbers.js'

interface Stats extends Numbers {
  /** The most frequent values of a column among living sessions; only with `--by`. */
  readonly by?: { readonly column: string; readonly values: readonly Share[] }
}

export const stats: Command = {
  name: 'stats',
  does: 'count the rows: living, expired, by a column; their sizes and ages',
  needsConfig: true,
  options: [
    { flags: '--by <column>', does: 'the values of this column that most living sessions have' },
    { flags: '--limit <values>', does: 'at most so many values (default 10)', reads: 'number' },
  ],
  async run({ options, output }) {
    return withSessions(options, async ({ access, shared }) => {
      const { by, limit = 10 } = options
      const known = access.session.columns.map(({ name }) => name)
      if (by !== undefined && !known.includes(by)) {
        throw usageError(
          `The model ${access.modelName} has no column ${by}. It has: ${known.join(', ') || 'none'}.`,
          'COLUMN_UNKNOWN',
        )
      }
      const now = shared.repository.now()
      const numbers = await numbersOf(access, now)
      const result: Stats =
        by === undefined ? numbers : { ...numbers, by: { column: by, values: await byColumn(access, by, now, limit) } }
      await output.result(result, () => textOf(result, output))
      return exitCodes.done
    })
  },
}

async function textOf(stats: Stats, output: Output): Promise<string> {
  const { total, living, expired, markers, dataBytes, tableBytes, oldest, expiry, by } = stats
  const lineOf = (name: string, count: number) => [name, count, output.style('cyan', bar(count, total))]
  const parts = [
    await tableOf(
      ['rows', String(total), ''],
      [lineOf('living', living), lineOf('expired', expired), lineOf('no sessions', markers)],
    ),
    await tableOf(
      ['living sessions expire', '', ''],
      expiry.map(({ within, count }) => lineOf(within, count)),
    ),
    `data: ${bytes(dataBytes.mean)} on average, ${bytes(dataBytes.largest)} at most; table with indexes: ${bytes(tableBytes)}`,
    `oldest living session: ${oldest ?? 'unknown'}`,
  ]
  if (by)
    parts.push(
      await tableOf(
        [by.column, '', ''],
        by.values.map(({ value, count }) => lineOf(String(value), count)),
      ),
    )
  return parts.join('\n')
}
