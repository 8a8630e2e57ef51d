import { setTimeout as wait } from 'node:timers/promises'
import type { Job } from '../../databases/stress/job.js'
import { type Disturbed, stressDuring, useServer } from '../disturbed-stress.js'
import { appProxy } from '../servers/app-proxy.js'
import { type Closing, inFolder } from '../servers/folder.js'
import { MariadbServer } from '../servers/plain-mariadb.js'
import { PostgresServer } from '../servers/postgres.js'

/** A server that can be killed and started again. */
interface Restartable {
  kill(): Promise<void>
  restart(): Promise<void>
}

/**
 * The database is killed and started again, twice, under load, with four processes of the app behind a proxy that gives each
 * request to the next one.
 * @param database The name of the database in the matrix, or a part of it.
 */
export function restart(orm: Job['orm'], database: string, ports: readonly number[]): Promise<Disturbed> {
  const [databasePort = 0, proxyPort = 0] = ports
  return inFolder('restart', async (folder, closing) => {
    const server = await (database.includes('MariaDB') ? mariadb : postgres)(folder, databasePort, closing)
    const via = async (urls: readonly string[]): Promise<readonly string[]> => {
      const proxy = await appProxy(folder, proxyPort, urls)
      closing(() => proxy.stop())
      return [`http://127.0.0.1:${proxyPort}`]
    }
    const happen = async (mark: (event: string) => void): Promise<void> => {
      for (const time of ['1st', '2nd']) {
        await wait(4000)
        await server.kill()
        mark(`${time} kill`)
        await server.restart()
        mark(`${time} start`)
      }
      await wait(4000)
    }
    return stressDuring(orm, database, happen, { via })
  })
}

async function postgres(folder: string, port: number, closing: Closing): Promise<Restartable> {
  const server = await PostgresServer.primary(folder, 'postgres', port)
  closing(() => server.kill())
  await server.query('CREATE DATABASE sessions')
  useServer('postgres', { port, database: 'sessions' })
  return server
}

async function mariadb(folder: string, port: number, closing: Closing): Promise<Restartable> {
  const server = await MariadbServer.start(folder, { name: 'mariadb', port, database: 'sessions' })
  closing(() => server.kill())
  useServer('mariadb', { port, database: 'sessions' })
  return { kill: () => server.kill(), restart: () => server.start() }
}
