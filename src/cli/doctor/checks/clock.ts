import { numberOf } from '../../row-counts.js'
import { type Check, warning } from '../check.js'

/** The most that the clocks may differ, in milliseconds. */
const mostSkew = 2000

/** The clock of this process and that of the database agree. */
export const clock: Check = {
  name: 'clock',
  databases: ['postgres', 'mysql'],
  async run({ access, shared }) {
    const sql =
      access.text.database === 'postgres'
        ? 'SELECT EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS milliseconds'
        : 'SELECT UNIX_TIMESTAMP(NOW(3)) * 1000 AS milliseconds'
    const before = shared.repository.now().getTime()
    const [row] = await access.ask(sql)
    const after = shared.repository.now().getTime()
    const there = numberOf(row?.milliseconds)
    const skew = there < before ? there - before : Math.max(0, there - after)
    if (Math.abs(skew) <= mostSkew) return []
    return [
      warning(
        `The clock of this process is ${Math.round(Math.abs(skew) / 1000)} s ${skew < 0 ? 'ahead of' : 'behind'} that of the database. Sessions expire by the clock of the process, so processes disagree.`,
        'Let all machines follow NTP, and check the option now.',
      ),
    ]
  },
}
