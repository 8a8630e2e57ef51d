import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OwnProcess } from '../own-process.js'
import { pgClient } from './pg.js'
import { ownFolder, userOf } from './user.js'

/**
 * Starts pgpool-II before a primary and its standbys, with load balancing on, which is its default.
 *
 * @param settings More lines of its configuration, which replace those above.
 */
export async function pgpool(
  folder: string,
  port: number,
  pcpPort: number,
  backends: readonly number[],
  settings: readonly string[] = [],
): Promise<OwnProcess> {
  ownFolder(folder, 'postgres')
  const file = (name: string): string => join(folder, name)
  const lines = [
    "backend_clustering_mode = 'streaming_replication'",
    "listen_addresses = '127.0.0.1'",
    `port = ${port}`,
    `unix_socket_directories = '${folder}'`,
    "pcp_listen_addresses = '127.0.0.1'",
    `pcp_port = ${pcpPort}`,
    `pcp_socket_dir = '${folder}'`,
    `pid_file_name = '${file('pgpool.pid')}'`,
    `logdir = '${folder}'`,
    ...backends.flatMap(nodeLines),
    "sr_check_user = 'postgres'",
    'sr_check_period = 1',
    'num_init_children = 120',
    'max_pool = 1',
    ...settings,
  ]
  writeFileSync(file('pgpool.conf'), `${lines.join('\n')}\n`)
  writeFileSync(file('pcp.conf'), '')
  writeFileSync(file('pool_hba.conf'), '')
  return OwnProcess.start({
    name: 'pgpool',
    command: '/usr/sbin/pgpool',
    args: ['-n', '-f', file('pgpool.conf'), '-F', file('pcp.conf'), '-a', file('pool_hba.conf')],
    folder,
    ...userOf('postgres'),
    isReady: async () => {
      try {
        const client = await pgClient({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' })
        await client.query('SELECT 1')
        await client.end()
        return true
      } catch {
        return false
      }
    },
  })
}

function nodeLines(port: number, n: number): string[] {
  return [`backend_hostname${n} = '127.0.0.1'`, `backend_port${n} = ${port}`, `backend_weight${n} = 1`]
}
