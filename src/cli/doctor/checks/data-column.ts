import { bytes } from '../../output/table.js'
import { lengthIn, type TableColumn } from '../catalog/catalog.js'
import { type Check, failure, warning } from '../check.js'
import { columnOf } from '../columns.js'

const largest: Readonly<Record<string, number>> = {
  tinytext: 255,
  text: 65_535,
  mediumtext: 16_777_215,
  tinyblob: 255,
  blob: 65_535,
  mediumblob: 16_777_215,
}

/** The column `data` holds what the option `maxDataBytes` allows, in every script. */
export const dataColumn: Check = {
  name: 'data column',
  databases: ['postgres', 'mysql'],
  async run(patient) {
    const { access, manager } = patient
    const column = columnOf(patient, access.session.data)
    if (!column) return undefined
    const { charset, name } = column
    if (charset !== null && charset !== 'utf8mb4') {
      return [
        failure(
          `The column ${name} has the character set ${charset}, which lacks emoji and rare scripts.`,
          'Convert it to utf8mb4.',
        ),
      ]
    }
    const most = mostBytes(column, access.text.database)
    const { maxDataBytes } = manager.options
    if (most >= maxDataBytes) return []
    return [
      warning(
        `The column ${name} is ${column.type}, which holds ${bytes(most)}; the option maxDataBytes allows ${bytes(maxDataBytes)}.`,
        'Use longtext (MySQL, MariaDB) or text (PostgreSQL), or lower maxDataBytes, so that DATA_TOO_LARGE names the option.',
      ),
    ]
  },
}

/** The most bytes of UTF-8 that surely fit. */
function mostBytes({ type }: TableColumn, database: string): number {
  if (database === 'mysql') return largest[type] ?? lengthIn(type) ?? Number.POSITIVE_INFINITY
  return lengthIn(type) ?? Number.POSITIVE_INFINITY
}
