import { stress } from '../../databases/stress/run.js'
import { databaseOf, useServer } from '../disturbed-stress.js'
import { undisturbed } from '../findings.js'
import { freePorts } from '../ports.js'
import { inFolder } from '../servers/folder.js'
import { MariadbServer } from '../servers/plain-mariadb.js'
import { binaries, PostgresServer } from '../servers/postgres.js'
import type { Trial } from '../trial.js'

const partitions = 16

/** The stress on a table in partitions by the hash of its ids, where `regenerate()` moves rows between them. */
export const partitionsTrial: Trial = {
  name: 'partitions',
  needs: { [`${binaries ?? '/usr/lib/postgresql'}/postgres`]: 'postgresql', '/usr/sbin/mariadbd': 'mariadb-server' },
  run({ orms, requests }, found) {
    return inFolder('partitions', async (folder, closing) => {
      const [postgresPort = 0, mariadbPort = 0] = await freePorts(2)
      const postgres = await PostgresServer.primary(folder, 'postgres', postgresPort)
      closing(() => postgres.kill())
      await postgres.query('CREATE DATABASE sessions')
      const mariadb = await MariadbServer.start(folder, { name: 'mariadb', port: mariadbPort, database: 'sessions' })
      closing(() => mariadb.kill())
      useServer('postgres', { port: postgresPort, database: 'sessions' })
      useServer('mariadb', { port: mariadbPort, database: 'sessions' })
      const load = { requests, sessions: 20, parallel: 20 }
      for (const orm of orms)
        for (const name of ['PostgreSQL', 'MariaDB through mysql2'])
          found(undisturbed('partitions', await stress(orm, await databaseOf(orm, name), load, { partitions })))
    })
  },
}
