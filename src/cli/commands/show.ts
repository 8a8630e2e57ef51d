import type { StoredRow } from '../../core/codec/session-meta.js'
import { orErrorCode } from '../../core/errors.js'
import { Properties } from '../../core/properties/properties.js'
import { isOver, isSession } from '../../core/repository/expiry.js'
import { CliError, exitCodes } from '../cli-error.js'
import type { Command } from '../command.js'
import { type Opened, withSessions } from '../load/open-config.js'
import { bytes } from '../output/table.js'
import { shownColumns } from '../shown-columns.js'

interface Shown {
  readonly id: string
  readonly state: 'alive' | 'expired' | 'no session'
  readonly createdAt: Date | null
  readonly expires: Date
  readonly version: number | null
  /** Only if the table keeps it. */
  readonly lastSeenAt?: Date | null
  readonly columns: Record<string, unknown>
  readonly dataBytes: number
  /** The name of the key that the data is encrypted with; `null` for plain text. */
  readonly key: string | null
  readonly data: unknown
}

export const show: Command = {
  name: 'show',
  takes: '<id>',
  does: 'show one session, by the id of its row; its data is redacted',
  needsConfig: true,
  options: [{ flags: '--data', does: 'show the data, too' }],
  async run({ options, args: [id = ''], output }) {
    return withSessions(options, async (opened) => {
      const { repository, time } = opened.shared
      const row = await repository.findOne(id, time.begin())
      if (!row)
        throw new CliError(
          'There is no row with this id. Take an id that list shows, not the value of a cookie.',
          undefined,
          { code: 'ROW_UNKNOWN' },
        )
      const shown = describe(row, opened, options.data === true)
      await output.result(shown, () => textOf(shown))
      return exitCodes.done
    })
  },
}

function describe(row: StoredRow, opened: Opened, hasData: boolean): Shown {
  const { repository, options } = opened.shared
  const { id, createdAt, expires, version, lastSeenAt, meta } = row
  const read = (): unknown => dataOf(new Properties(repository.schema, row).toObject(), row)
  const data = orErrorCode(read)
  return {
    id,
    state: isSession(row) ? (isOver(options, row) ? 'expired' : 'alive') : 'no session',
    createdAt,
    expires,
    version,
    ...(lastSeenAt !== undefined && { lastSeenAt }),
    columns: shownColumns(row.columns),
    dataBytes: Buffer.byteLength(row.data ?? ''),
    key: meta.key ?? null,
    data: hasData || typeof data === 'string' ? data : redacted(data as object),
  }
}

/** The properties that stand in the column `data`. */
function dataOf(properties: Record<string, unknown>, { columns }: StoredRow): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !(name in columns)))
}

function redacted(data: object): Record<string, string> {
  return Object.fromEntries(Object.keys(data).map((name) => [name, '[redacted]']))
}

function textOf({ columns, data, dataBytes, key, ...others }: Shown): string {
  const lines = Object.entries({ ...others, ...columns }).map(([name, value]) => `${name}: ${inText(value)}`)
  const encryption = key === null ? 'plain text' : `encrypted with the key ${key}`
  return [...lines, `data: ${bytes(dataBytes)}, ${encryption}`, JSON.stringify(data, undefined, 2)].join('\n')
}

function inText(value: unknown): string {
  return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : String(value)
}
