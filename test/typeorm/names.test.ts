import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { createSessionModel, registerSessionModel } from 'koa-session-model/typeorm'
import { after, describe, it } from 'mocha'
import { BaseEntity, Column } from 'typeorm'
import { createTables, databases, dropTables, newDataSource, tableName } from './support/data-sources.js'
import { expectRefusal, expectRejection } from './support/expect-error.js'
import { managerOf } from './support/manager.js'

const odd = ['a.b', "a'b", 'a$b', '$1', '?', '%s', 'a b', 'UPPER', 'select', 'żółć', 'a->b', 'a(b)', '*', '__proto__']

for (const database of databases) {
  const { server } = database
  describe(`TypeORM: names of columns (${database.name})`, () => {
    after(() => dropTables(database, tableName('names')))

    for (const name of odd) {
      it(`can be ${JSON.stringify(name)}`, async () => {
        @SessionModel({ tableName: tableName('names'), columns: { id: name, expires: `${name}2` } })
        class OddNames {
          @Column({ type: 'integer', nullable: true, name: `${name}3` }) userId!: number | null
        }
        const dataSource = newDataSource(database)
        const Sessions = registerSessionModel(dataSource, OddNames)
        await createTables(dataSource, database)
        const manager = managerOf(Sessions)
        await manager.set('id', { userId: 1 })
        await manager.set('id', { userId: 2, note: 1 })
        expect(await manager.get('id')).to.deep.equal({ userId: 2, note: 1 })
        expect(await manager.list({ userId: 2 })).to.have.lengthOf(1)
        expect(await manager.revoke({ userId: 2 })).to.equal(1)
      })
    }

    const quote = server === 'mariadb' ? 'a`b' : 'a"b'
    const unusable = [quote, ':session_0', 'a:b', 'a\0b', ...(server ? ['x'.repeat(70)] : [])]
    for (const name of unusable) {
      it(`cannot be ${JSON.stringify(name)}`, async () => {
        const dataSource = newDataSource(database)
        for (const role of ['id', 'data', 'expires', 'createdAt', 'version']) {
          @SessionModel({ columns: { [role]: name } })
          class WebSession {}
          expectRefusal('NAME_UNUSABLE', () => registerSessionModel(dataSource, WebSession))
        }
        @SessionModel()
        class WebSession {
          @Column({ type: 'integer', nullable: true, name }) userId!: number | null
        }
        expectRefusal('NAME_UNUSABLE', () => registerSessionModel(dataSource, WebSession))
        expectRefusal('NAME_UNUSABLE', () => createSessionModel(dataSource, name))
      })
    }

    if (server) {
      it('of tables are tried with the prefix of the data source', () => {
        const dataSource = newDataSource(database, { entityPrefix: 'prefix_of_the_application_' })
        expectRefusal('NAME_UNUSABLE', () => createSessionModel(dataSource, 'x'.repeat(60)))
      })

      it('are tried when a data source takes a model of a base class', async () => {
        @SessionModel({ tableName: tableName('names_late'), columns: { id: 'x'.repeat(70) } })
        class WebSession {}
        const Sessions = registerSessionModel(BaseEntity, WebSession)
        const dataSource = newDataSource(database, { entities: [Sessions] })
        await expectRejection('NAME_UNUSABLE', dataSource.initialize())
      })
    }
  })
}
