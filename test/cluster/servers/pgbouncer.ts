import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OwnProcess } from '../own-process.js'
import { pgClient } from './pg.js'
import { ownFolder, userOf } from './user.js'

/** Where a pooler or a proxy leads to. */
export interface Target {
  readonly host: string
  readonly port: number
}

/** Starts PgBouncer in transaction mode before a PostgreSQL: each statement outside of a transaction may get another connection. */
export async function pgbouncer(folder: string, port: number, target: Target, database: string): Promise<OwnProcess> {
  ownFolder(folder, 'postgres')
  const users = join(folder, 'users.txt')
  const config = join(folder, 'pgbouncer.ini')
  writeFileSync(users, '"postgres" ""\n')
  const lines = [
    '[databases]',
    `* = host=${target.host} port=${target.port} user=postgres`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = trust',
    `auth_file = ${users}`,
    'admin_users = postgres',
    'pool_mode = transaction',
    'default_pool_size = 10',
    'max_client_conn = 500',
    'server_login_retry = 1',
    'ignore_startup_parameters = extra_float_digits,options',
  ]
  writeFileSync(config, `${lines.join('\n')}\n`)
  return OwnProcess.start({
    name: 'pgbouncer',
    command: '/usr/sbin/pgbouncer',
    args: [config],
    folder,
    ...userOf('postgres'),
    isReady: async () => {
      try {
        const client = await pgClient({ host: '127.0.0.1', port, user: 'postgres', database })
        await client.end()
        return true
      } catch {
        return false
      }
    },
  })
}
