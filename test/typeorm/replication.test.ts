import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column, type DataSourceOptions } from 'typeorm'
import { servers } from '../support/databases.js'
import { openSession } from '../support/open-session.js'
import { createTables, databaseServers, newDataSource, tableName } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

for (const database of databaseServers) {
  describe(`TypeORM: replication (${database.name})`, () => {
    const replica = tableName('replica')

    async function administer(...statements: readonly string[]): Promise<void> {
      const dataSource = await newDataSource(database, { synchronize: false }).initialize()
      for (const statement of statements) await dataSource.query(statement)
      await dataSource.destroy()
    }
    before(() => administer(`DROP DATABASE IF EXISTS ${replica}`, `CREATE DATABASE ${replica}`))
    after(() => administer(`DROP DATABASE IF EXISTS ${replica}`))

    /** A data source that reads from an empty database, and writes to the usual one. */
    function replicated() {
      const master = servers[database.server ?? 'postgres']
      const replication = { master, slaves: [{ ...master, database: replica }] }
      return newDataSource(database, { replication } as Partial<DataSourceOptions>)
    }

    it('sessions are read where they are written', async () => {
      @SessionModel({ tableName: tableName('replication') })
      class ReplicatedSession {
        @Column({ type: 'integer', nullable: true }) userId!: number | null
      }
      const dataSource = replicated()
      const Sessions = registerSessionModel(dataSource, ReplicatedSession)
      await createTables(dataSource, database)
      const manager = managerOf(Sessions)
      await manager.set('id', { userId: 1 })
      await manager.set('id', { userId: 2, cart: [0] })
      expect(await manager.get('id')).to.deep.equal({ userId: 2, cart: [0] })
      expect(await manager.list({ userId: 2 })).to.have.lengthOf(1)

      const [one, two] = [await openSession(manager, 'id'), await openSession(manager, 'id')]
      for (const [name, session] of Object.entries({ one, two })) session.properties.set(name, true)
      await Promise.all([one.commit(), two.commit()])
      await one.regenerate()
      await one.commit()
      expect(await manager.get(one.id)).to.deep.equal({ userId: 2, cart: [0], one: true, two: true })

      await manager.create({ userId: 3 }, { maxAge: 1 }) // a millisecond: expired when the clean-up comes
      await new Promise((resolve) => setTimeout(resolve, 5))
      expect(await manager.deleteExpired()).to.equal(1)
      expect(await manager.revoke({ userId: 2 })).to.equal(1)
      const elsewhere: unknown = await dataSource
        .getRepository(Sessions)
        .count()
        .catch((error: unknown) => error)
      expect(elsewhere, 'the replica has no such table').to.be.instanceOf(Error)
    })
  })
}
