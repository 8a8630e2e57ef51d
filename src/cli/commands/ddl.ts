import { exitCodes } from '../cli-error.js'
import type { Command, Options } from '../command.js'
import { type Form, forms, written } from '../ddl/migration.js'
import { withPartitions } from '../ddl/partitions.js'
import { type Dialect, dialects, standardTable } from '../ddl/standard-table.js'
import { withSessions } from '../load/open-config.js'
import { within } from '../numbers.js'

/** A table, as its statements name it. */
interface Written {
  readonly database: string
  readonly name: string
  readonly id: string
  readonly statements: readonly string[]
}

export const ddl: Command = {
  name: 'ddl',
  does: 'write the statements that create the table and its indexes; nothing is executed',
  needsConfig: true,
  options: [
    {
      flags: '--dialect <database>',
      does: 'without a config: a table without columns of your own, for this database',
      choices: dialects,
    },
    { flags: '--table <name>', does: 'the name of that table (default web_sessions)' },
    { flags: '--partitions <count>', does: 'in hash partitions, 2 to 1024', reads: 'number' },
    { flags: '--as <form>', does: 'as SQL, or as a migration (default sql)', choices: forms },
  ],
  async run({ options, output }) {
    const { partitions, as: form = 'sql' } = options
    const count = partitions === undefined ? undefined : within('--partitions', partitions, 2, 1024)
    const table = await tableOf(options)
    const statements = count === undefined ? table.statements : withPartitions(table.statements, table, count)
    await output.result({ statements }, () => written(form as Form, statements, table.name))
    return exitCodes.done
  },
}

async function tableOf(options: Options): Promise<Written> {
  const { dialect, table = 'web_sessions' } = options
  if (dialect === undefined) {
    return withSessions(options, async ({ access }) => {
      const { name, database } = access.text
      return {
        database,
        name,
        id: access.text.column(access.session.id).quoted,
        statements: await access.createStatements(),
      }
    })
  }
  const isMysql = dialect === 'mysql' || dialect === 'mariadb'
  const quote = isMysql ? '`' : '"'
  return {
    database: isMysql ? 'mysql' : dialect,
    name: `${quote}${table}${quote}`,
    id: 'id',
    statements: standardTable(dialect as Dialect, table),
  }
}
