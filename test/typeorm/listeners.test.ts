import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { AfterLoad, Column, type EntitySubscriberInterface, EventSubscriber } from 'typeorm'
import { createTables, databases, newDataSource, tableName } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

@EventSubscriber()
class Subscriber implements EntitySubscriberInterface {
  static readonly heard: string[] = []

  afterLoad(): void {
    Subscriber.heard.push('load')
  }

  beforeUpdate(): void {
    Subscriber.heard.push('update')
  }
}

for (const database of databases) {
  describe(`TypeORM: who listens to the entity (${database.name})`, () => {
    it('is told of loads and updates, and a listener of the entity completes what is read', async () => {
      @SessionModel({ tableName: tableName('listeners') })
      class HeardSession {
        @Column({ type: 'integer', nullable: true }) userId!: number | null
        @Column({ type: 'varchar', length: 50, nullable: true }) label!: string | null

        @AfterLoad() complete(): void {
          this.label ??= `of ${this.userId}`
        }
      }
      const dataSource = newDataSource(database, { subscribers: [Subscriber] })
      const Sessions = registerSessionModel(dataSource, HeardSession)
      await createTables(dataSource, database)
      const manager = managerOf(Sessions)
      await manager.set('a', { userId: 1 })
      Subscriber.heard.length = 0
      expect(await manager.get('a')).to.include({ userId: 1, label: 'of 1' })
      expect(Subscriber.heard).to.deep.equal(['load'])
      await manager.set('a', { userId: 2 })
      expect(Subscriber.heard).to.include('update')
      expect(await manager.get('a')).to.include({ userId: 2, label: 'of 2' })
    })

    it('is told of updates from when it listens, also where many go together', async () => {
      @SessionModel({ tableName: tableName('heard_late') })
      class LateSession {
        @Column({ type: 'integer', nullable: true }) userId!: number | null
      }
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, LateSession)
      await createTables(dataSource, database)
      const manager = managerOf(Sessions)
      const ids = ['a', 'b', 'c', 'd', 'e', 'f']
      const setAll = (userId: number) => Promise.all(ids.map((id) => manager.set(id, { userId })))
      await setAll(1)
      await setAll(2)
      let heard = 0
      dataSource.subscribers.push({ beforeUpdate: () => void heard++ })
      await setAll(3)
      expect(heard).to.equal(ids.length)
      expect(await manager.get('f')).to.include({ userId: 3 })
    })

    it('is told of loads from when it listens', async () => {
      @SessionModel({ tableName: tableName('heard_loading') })
      class LoadedSession {
        @Column({ type: 'varchar', length: 50, nullable: true }) label!: string | null
      }
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, LoadedSession)
      await createTables(dataSource, database)
      const manager = managerOf(Sessions)
      await manager.set('a', { label: 'a' })
      await manager.get('a')
      const afterLoad = (row: object): void => void Object.assign(row, { label: 'heard' })
      const subscriber: EntitySubscriberInterface = { afterLoad }
      dataSource.subscribers.push(subscriber)
      expect(await manager.get('a')).to.include({ label: 'heard' })
      dataSource.subscribers.splice(dataSource.subscribers.indexOf(subscriber), 1)
      expect(await manager.get('a')).to.include({ label: 'a' })
    })

    it('changes nothing where nobody listens: statements are logged as always', async () => {
      @SessionModel({ tableName: tableName('logged') })
      class LoggedSession {
        @Column({ type: 'integer', nullable: true }) userId!: number | null
      }
      const logged: string[] = []
      const logger = {
        logQuery: (sql: string) => void logged.push(sql),
        logQueryError: () => {},
        logQuerySlow: () => {},
        logSchemaBuild: () => {},
        logMigration: () => {},
        log: () => {},
      }
      const dataSource = newDataSource(database, { logging: true, logger })
      const Sessions = registerSessionModel(dataSource, LoggedSession)
      await createTables(dataSource, database)
      const manager = managerOf(Sessions)
      await manager.set('a', { userId: 1 })
      logged.length = 0
      await manager.set('a', { userId: 2 })
      expect(logged.filter((sql) => /^SELECT/i.test(sql))).to.have.length(1)
      expect(logged.filter((sql) => /^UPDATE/i.test(sql))).to.have.length(1)
    })
  })
}
