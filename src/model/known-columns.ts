import { charsetOf, isNarrow } from './charsets.js'
import { endOfSeconds, endOfTimestamps } from './dates.js'

/** A column in the result of `SHOW FULL COLUMNS` on MySQL and MariaDB. */
export interface ShownColumn {
  readonly Field: string
  readonly Type: string
  /** The collation; `null` if the column holds no text. */
  readonly Collation: string | null
}

/** The limits of a column of an existing table. They may be lower than those in the model. */
export interface KnownColumn {
  /** The character set, if it cannot hold every text. */
  readonly charset: string | undefined
  /** The maximum length in bytes; `null` if no limit is known. */
  readonly bytes: number | null
  /** The maximum length in characters; `null` if no limit is known. */
  readonly characters: number | null
  /** The last moment that the column holds; `null` if no limit is known. */
  readonly latest: number | null
}

/** The property of a model, and the name of its column. */
export type ColumnName = readonly [property: string, column: string]

/** The known limits of the columns, by property. */
export function knownColumns(shown: readonly ShownColumn[], names: readonly ColumnName[]): Map<string, KnownColumn> {
  const byName = new Map(shown.map((column) => [column.Field, known(column)]))
  return new Map(
    names.flatMap(([property, name]) => {
      const column = byName.get(name)
      return column ? [[property, column] as const] : []
    }),
  )
}

const capacities: Readonly<Record<string, number>> = {
  tinytext: 255,
  tinyblob: 255,
  text: 65_535,
  blob: 65_535,
  mediumtext: 16_777_215,
  mediumblob: 16_777_215,
}

function known({ Type, Collation }: ShownColumn): KnownColumn {
  const [, type = '', length] = /^(\w+)(?:\((\d+)\))?/.exec(Type.toLowerCase()) ?? []
  const charset = charsetOf(Collation)
  return {
    charset: isNarrow(charset) ? charset : undefined,
    bytes: type.endsWith('binary') ? Number(length) : (capacities[type] ?? null),
    characters: type.endsWith('char') ? Number(length) : null,
    latest: latestIn(type, Type),
  }
}

/** The last moment of a column that holds moments: an integer of 32 bits has seconds. */
function latestIn(type: string, whole: string): number | null {
  if (type === 'timestamp') return endOfTimestamps
  if (type !== 'int') return null
  return /unsigned/i.test(whole) ? endOfSeconds.unsigned : endOfSeconds.signed
}
