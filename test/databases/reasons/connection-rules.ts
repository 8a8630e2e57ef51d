import type { Server } from '../../support/databases.js'
import { proxyFor } from '../failures/support/proxy.js'
import { rivalOn } from '../failures/support/rival.js'
import { table } from './support/databases.js'
import { secrets, siteOf } from './support/site.js'
import { expectLog, type Stage } from './support/stage.js'

/** Servers that are not there, or let nobody in. */
export function testServer({ database, isPostgres, isTypeOrm, open, place, account }: Stage): void {
  const server = database.server as Server

  /** While somebody else holds all rows. */
  const whileLocked = async (work: () => Promise<string>): Promise<string> => {
    const rival = await rivalOn(server, account().name)
    await rival.query('BEGIN')
    await rival.query(`SELECT * FROM ${table} FOR UPDATE`)
    try {
      return await work()
    } finally {
      await rival.query('ROLLBACK')
      await rival.close()
    }
  }

  it('a server that is down', async () => {
    const proxy = await proxyFor(server)
    const { port } = proxy
    await open(
      async ({ site }) => {
        await proxy.close()
        const expected =
          `The session database cannot be reached: nothing listens at 127.0.0.1:${port} (ECONNREFUSED). Nothing was stored. ` +
          'Start the database server, or correct host and port in the settings of the connection.'
        expectLog(await site.logAfter('read'), expected)
        expectLog(await site.logAfterNewcomer(), expected)
      },
      { host: '127.0.0.1', port },
    )
  })

  it('a server that ends the connections each time', async () => {
    const proxy = await proxyFor(server)
    await open(
      async ({ site }) => {
        proxy.hangUp()
        expectLog(
          await site.logAfter('write'),
          /The database server closed the connection before it took a statement.*\. Nothing was stored\. Look at the log of the server/,
        )
        await proxy.close()
      },
      { host: '127.0.0.1', port: proxy.port },
    )
  })

  it('an answer that is lost each time that the write is sent', async () => {
    const proxy = await proxyFor(server)
    await open(
      async ({ site }) => {
        proxy.arm('before', secrets.cart, 10)
        expectLog(
          await site.logAfterNewcomer(),
          /The connection to the session database was lost before it had answered.*What was sent may have been stored, or not: repeat the request\. Look for the reason in the log/,
        )
        await proxy.close()
      },
      { host: '127.0.0.1', port: proxy.port },
    )
  })

  it('a database that does not exist', () =>
    open(async ({ site }) => {
      const { name, admin, hangUp } = account()
      await hangUp()
      await admin.query(isPostgres ? `ALTER DATABASE ${name} RENAME TO ${name}_away` : `DROP DATABASE ${name}`)
      try {
        const expected =
          `The database ${name} does not exist (${isPostgres ? '3D000' : 'ER_BAD_DB_ERROR'}). ` +
          'Create it, or correct its name in the settings of the connection.'
        expectLog(await site.logAfter('read'), expected)
      } finally {
        await admin.query(isPostgres ? `ALTER DATABASE ${name}_away RENAME TO ${name}` : `CREATE DATABASE ${name}`)
      }
    }))

  it('a user who may not log in', () =>
    open(async ({ site }) => {
      const { name, admin, password, hangUp } = account()
      await admin.query(isPostgres ? `ALTER ROLE ${name} NOLOGIN` : `ALTER USER ${name} IDENTIFIED BY 'another'`)
      try {
        await hangUp()
        expectLog(
          await site.logAfter('read'),
          isPostgres
            ? 'The database server does not let this user connect (28000). Check the user name, and whether the server lets the user ' +
                "in from this host and without TLS: pg_hba.conf on PostgreSQL, the user's host on MySQL and MariaDB."
            : 'The database server refused the user name or the password (ER_ACCESS_DENIED_ERROR). ' +
                'Correct both in the settings of the connection.',
        )
      } finally {
        await admin.query(isPostgres ? `ALTER ROLE ${name} LOGIN` : `ALTER USER ${name} IDENTIFIED BY '${password}'`)
      }
    }))

  it('a user who may have no more connections', () =>
    open(async ({ site }) => {
      const { name, admin, hangUp } = account()
      const limit = (most: number): Promise<unknown> =>
        admin.query(
          isPostgres
            ? `ALTER ROLE ${name} CONNECTION LIMIT ${most}`
            : `ALTER USER ${name} WITH MAX_USER_CONNECTIONS ${most}`,
        )
      await limit(isPostgres ? 0 : 1)
      const other = isPostgres ? undefined : await database.open(place())
      try {
        await hangUp()
        await other?.query('SET @one = 1')
        expectLog(
          await site.logAfter('read'),
          /The database server takes no more connections \((53300|ER_\w+)\)\. Nothing was stored\. Let it take more/,
        )
      } finally {
        await other?.close()
        await limit(isPostgres ? -1 : 0)
      }
    }))

  it('a server that is read-only', () =>
    open(async ({ site }) => {
      const { name, admin, hangUp } = account()
      // Other runs of the tests have accounts on the same server.
      const readOnly = `SET tx_read_only = (CURRENT_USER() LIKE "${name}@%")`
      const setReadOnly = async (isReadOnly: boolean): Promise<void> => {
        if (isPostgres)
          return void (await admin.query(`ALTER ROLE ${name} SET default_transaction_read_only = ${isReadOnly}`))
        if (isReadOnly) await admin.query("SELECT GET_LOCK('init_connect', 60)")
        await admin.query(`SET GLOBAL init_connect = '${isReadOnly ? readOnly : ''}'`)
        if (!isReadOnly) await admin.query("SELECT RELEASE_LOCK('init_connect')")
      }
      await setReadOnly(true)
      try {
        await hangUp()
        expectLog(
          await site.logAfter('write'),
          /The database server is read-only \((25006|ER_\w+)\)\. Nothing was stored\. Connect to the primary/,
        )
      } finally {
        await setReadOnly(false)
      }
    }))

  it('a lock that is not given', () =>
    open(async ({ site, query }) => {
      await query(isPostgres ? 'SET lock_timeout = 20' : 'SET innodb_lock_wait_timeout = 1')
      expectLog(
        await whileLocked(() => site.logAfter('write')),
        /Another transaction held the row, the table or the file for too long \((55P03|ER_LOCK_WAIT_TIMEOUT)\)\. Nothing was stored\. Look for a transaction/,
      )
    }))

  it('a statement that takes too long', () =>
    open(async ({ site, query }) => {
      await query(isPostgres ? 'SET statement_timeout = 20' : 'SET max_statement_time = 0.02')
      expectLog(
        await whileLocked(() => site.logAfter('write')),
        /The database stopped the statement: its time limit had passed, or somebody cancelled it \((57014|1969)\)\. Nothing was stored\. Look for a lock/,
      )
    }))

  // mysql2 has no time limit of its own for the pool.
  if (isPostgres || !isTypeOrm) {
    it('a pool without a free connection', () =>
      open(
        async ({ site, hold }) => {
          const giveBack = await hold()
          try {
            expectLog(
              await site.logAfter('read'),
              /No connection of the pool became free in time\. Nothing was stored\. Give the pool more connections \((poolSize|pool\.max)\)/,
            )
          } finally {
            await giveBack()
          }
        },
        { acquire: 100 },
      ))
  }

  if (isTypeOrm) return

  it('a host that is unknown', async () => {
    const opened = await database.open({ ...place(), host: 'no-such-host.invalid' })
    const site = await siteOf(opened, false)
    expectLog(
      await site.logAfterNewcomer(),
      /The session database cannot be reached: no address is known for the host no-such-host\.invalid \((ENOTFOUND|EAI_AGAIN)\)\. Nothing was stored\. Correct the host/,
    )
    await opened.close()
  })

  it('a server without TLS', async () => {
    const opened = await database.open({ ...place(), ssl: true })
    const site = await siteOf(opened, false)
    expectLog(
      await site.logAfterNewcomer(),
      /The database server offers no TLS, which the settings of the connection ask for/,
    )
    await opened.close()
  })
}

/** Data sources that are not open. */
export function testClosed({ database, isTypeOrm, open, place }: Stage): void {
  it('a data source that is closed', () =>
    open(async ({ site, close }) => {
      await close()
      const expected = isTypeOrm
        ? 'The data source is closed. Let the server answer its last request before dataSource.destroy(), and close the session manager.'
        : 'The Sequelize instance is closed. Let the server answer its last request before sequelize.close(), and close the session manager.'
      expectLog(await site.logAfter('read'), expected)
      expectLog(await site.logAfterNewcomer(), expected)
    }))

  if (!isTypeOrm) return

  it('a data source that is not initialized', async () => {
    const opened = await database.open(place(), true)
    const site = await siteOf(opened, false)
    const expected =
      'The data source is not initialized. Call await dataSource.initialize() before the first request, and see to it that it succeeds.'
    expectLog(await site.logAfterNewcomer(), expected)
  })
}
