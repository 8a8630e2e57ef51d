import { numberOf } from '../../row-counts.js'
import { type Check, type Finding, warning } from '../check.js'

/** PostgreSQL cleans the table of dead rows. */
export const vacuum: Check = {
  name: 'autovacuum',
  databases: ['postgres'],
  async run({ access, catalog }) {
    if (!catalog.exists) return undefined
    const name = access.text.name.replaceAll("'", "''")
    const [row] = await access.ask(
      "SELECT current_setting('autovacuum') AS vacuum, pg_stat_get_live_tuples(c.oid) AS live, pg_stat_get_dead_tuples(c.oid) AS dead, " +
        `array_to_string(c.reloptions, ',') AS options FROM pg_class c WHERE c.oid = to_regclass('${name}')`,
    )
    const isOn = row?.vacuum !== 'off' && !/autovacuum_enabled=(false|off|0)/.test(String(row?.options ?? ''))
    return judgeVacuum(isOn, numberOf(row?.live), numberOf(row?.dead))
  },
}

/** What dead rows mean. */
export function judgeVacuum(isOn: boolean, live: number, dead: number): Finding[] {
  if (!isOn) {
    return [
      warning(
        'Autovacuum is off for the table: every write of a session leaves a dead row, and the table only grows.',
        'ALTER TABLE … RESET (autovacuum_enabled), or autovacuum = on.',
      ),
    ]
  }
  if (dead < 10_000 || dead < live) return []
  return [
    warning(
      `The table has ${dead} dead rows beside ${live} living ones.`,
      'Let autovacuum run more often: ALTER TABLE … SET (autovacuum_vacuum_scale_factor = 0.02); look for long transactions that hold it up.',
    ),
  ]
}
