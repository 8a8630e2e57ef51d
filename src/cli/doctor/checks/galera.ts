import { type Check, type Finding, failure } from '../check.js'

/** On a Galera cluster, statements wait for what other nodes have written. */
export const galera: Check = {
  name: 'wsrep_sync_wait',
  databases: ['mysql'],
  async run({ access }) {
    const rows = await access.ask(
      "SHOW VARIABLES WHERE Variable_name IN ('wsrep_on', 'wsrep_sync_wait', 'wsrep_cluster_address')",
    )
    return judgeGalera(
      Object.fromEntries(rows.map(({ Variable_name, Value }) => [String(Variable_name), String(Value)])),
    )
  },
}

/** What the variables of a connection mean; `undefined` if the server is in no cluster. */
export function judgeGalera(variables: Readonly<Record<string, string>>): Finding[] | undefined {
  if (variables.wsrep_on !== 'ON') return undefined
  const wait = Number(variables.wsrep_sync_wait ?? 0)
  if ((wait & 3) === 3) return []
  const what =
    (wait & 1) === 0
      ? 'a login on one node is unknown on the next one'
      : 'a logout on one node may leave the session alive'
  return [
    failure(
      `wsrep_sync_wait is ${wait} on a Galera cluster: ${what}.`,
      'Set wsrep_sync_wait = 3 for the connections of the app: docs/scaling.md shows it for both ORMs.',
    ),
  ]
}
