import { type Check, type Finding, warning } from '../check.js'

/** The default isolation level lets parallel requests through. */
export const isolation: Check = {
  name: 'isolation level',
  databases: ['postgres', 'mysql'],
  async run({ access }) {
    const { database } = access.text
    if (database === 'postgres') {
      const [row] = await access.ask("SELECT current_setting('default_transaction_isolation') AS level")
      return judgeIsolation(database, String(row?.level))
    }
    const [row] = await access.ask("SHOW VARIABLES WHERE Variable_name IN ('transaction_isolation', 'tx_isolation')")
    return judgeIsolation(database, String(row?.Value))
  },
}

/** What a default isolation level means for sessions. */
export function judgeIsolation(database: string, level: string): Finding[] {
  const name = level.toLowerCase().replaceAll('-', ' ')
  if (database === 'postgres' && (name === 'serializable' || name === 'repeatable read')) {
    return [
      warning(
        `The default isolation level is ${name}: parallel requests of one session conflict, and some answer 503.`,
        "Give the role of the app read committed: ALTER ROLE … SET default_transaction_isolation = 'read committed'.",
      ),
    ]
  }
  if (name !== 'read uncommitted') return []
  return [
    warning(
      'The isolation level is read uncommitted: a request may see a session that is rolled back.',
      'Use READ-COMMITTED.',
    ),
  ]
}
