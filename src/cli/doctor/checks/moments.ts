import type { TableColumn } from '../catalog/catalog.js'
import { type Check, type Finding, failure, warning } from '../check.js'
import { columnOf } from '../columns.js'

/** The columns of moments hold moments as they are: no zone shifts them, no update moves them, no year ends them. */
export const moments: Check = {
  name: 'moments',
  databases: ['postgres', 'mysql'],
  async run(patient) {
    const columns = patient.access.session.dates.map((property) => columnOf(patient, property))
    return columns.flatMap((column) => (column ? judgeMoment(column) : []))
  },
}

/** What is wrong with the type of a moment. */
export function judgeMoment({ name, type, extra }: TableColumn): Finding[] {
  const use = 'Use bigint with milliseconds (MySQL, MariaDB) or timestamptz (PostgreSQL): docs/migrations.md.'
  if (extra.includes('on update')) {
    return [
      failure(
        `The column ${name} is ${type} with ON UPDATE: every write moves it, and sessions never expire.`,
        `Take ON UPDATE away. ${use}`,
      ),
    ]
  }
  if (/^timestamp(\(\d\))?$/.test(type)) {
    return [
      warning(
        `The column ${name} is ${type}: it ends in January 2038 and follows the time zone of the connection.`,
        use,
      ),
    ]
  }
  if (type.startsWith('timestamp') && type.includes('without time zone')) {
    return [warning(`The column ${name} is ${type}: processes in other time zones read other moments.`, use)]
  }
  if (type === 'datetime')
    return [warning(`The column ${name} is datetime, which cuts off milliseconds.`, `Use datetime(3). ${use}`)]
  return type === 'date' ? [failure(`The column ${name} is date, which knows no time of the day.`, use)] : []
}
