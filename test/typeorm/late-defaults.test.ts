import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column } from 'typeorm'
import { openSession } from '../support/open-session.js'
import { createTables, databases, newDataSource, tableName } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

const expressions: Readonly<Record<string, string>> = { postgres: 'floor(3.7)', mariadb: '(floor(3.7))' }

for (const database of databases) {
  describe(`TypeORM: defaults that only the database knows (${database.name})`, () => {
    async function open() {
      const expression = expressions[database.server ?? ''] ?? '(round(3.2))'
      @SessionModel({ tableName: tableName('late_defaults') })
      class LateSession {
        @Column({ type: 'integer', default: () => expression }) ticket!: number | undefined
        @Column({ type: 'integer', nullable: true }) userId!: number | null
      }
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, LateSession)
      await createTables(dataSource, database)
      return { manager: managerOf(Sessions), dataSource }
    }

    it('are absent until the session is stored, and shown after save()', async () => {
      const { manager } = await open()
      const session = await openSession(manager)
      expect(session.properties.get('ticket')).to.equal(undefined)
      session.properties.set('userId', 1)
      await session.save()
      expect(session.properties.toObject()).to.deep.equal({ ticket: 3, userId: 1 })
      expect((await openSession(manager, session.id)).properties.toObject()).to.deep.equal({ ticket: 3, userId: 1 })
    })

    it('are shown after update(), and after a property was removed', async () => {
      const { manager } = await open()
      const session = await openSession(manager)
      await session.update(() => session.properties.set('userId', 1))
      expect(session.properties.get('ticket')).to.equal(3)
      session.properties.set('ticket', 9)
      await session.save()
      expect(session.properties.get('ticket')).to.equal(9)
      session.properties.set('ticket', undefined)
      await session.save()
      expect(session.properties.get('ticket')).to.equal(3)
    })

    it('give way to what the session sets, and are not read at the end of a request', async () => {
      const { manager, dataSource } = await open()
      const session = await openSession(manager)
      session.properties.set('ticket', 5)
      await session.save()
      expect((await manager.get(session.id))?.ticket).to.equal(5)
      const other = await openSession(manager)
      other.properties.set('userId', 2)
      const statements: string[] = []
      dataSource.logger.logQuery = (sql) => void statements.push(sql.split(' ', 1).join().toLowerCase())
      await other.commit()
      expect(statements.filter((word) => word === 'insert' || word === 'select')).to.deep.equal(['insert'])
      expect((await manager.get(other.id))?.ticket).to.equal(3)
    })
  })
}
