import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { after, describe, it } from 'mocha'
import { Column, Entity, JoinColumn, ManyToOne, OneToOne, PrimaryColumn, RelationId } from 'typeorm'
import { createTables, databases, dropTables, newDataSource, tableName } from './support/data-sources.js'
import { expectRefusal } from './support/expect-error.js'
import { managerOf } from './support/manager.js'

@Entity(tableName('relation_users'))
class User {
  @PrimaryColumn({ type: 'integer' }) uid!: number
}

for (const database of databases) {
  describe(`TypeORM: the foreign key of a relation (${database.name})`, () => {
    const drop = () => dropTables(database, tableName('relation_sessions'), tableName('relation_users'))
    after(drop)

    it('is a property of the session, if it is declared', async () => {
      @SessionModel({ tableName: tableName('relation_sessions') })
      class WebSession {
        @Column({ type: 'integer', nullable: true }) userUid!: number | null
        @ManyToOne(() => User, { onDelete: 'CASCADE' }) user!: User | null
        @Column({ type: 'integer', nullable: true, name: 'guest_id' }) guest!: number | null
        @OneToOne(() => User) @JoinColumn({ name: 'guest_id' }) guestUser!: User | null
      }
      await drop()
      const dataSource = newDataSource(database, { entities: [User] })
      const Sessions = registerSessionModel(dataSource, WebSession)
      await createTables(dataSource, database)
      await dataSource.getRepository(User).insert([{ uid: 42 }, { uid: 43 }])
      const manager = managerOf(Sessions)
      await manager.set('id', { userUid: 42, guest: 43 })
      expect(await manager.get('id')).to.deep.equal({ userUid: 42, guest: 43 })
      const row = await dataSource.getRepository(Sessions).findOneOrFail({ where: {}, relations: { user: true } })
      expect(row.user).to.include({ uid: 42 })
      expect(JSON.parse(row.data)).to.not.have.any.keys('userUid', 'guest')
      await dataSource.getRepository(User).delete({ uid: 42 })
      expect(await manager.get('id')).to.equal(undefined)
    })

    it('must be declared', () => {
      @SessionModel()
      class Implicit {
        @ManyToOne(() => User) user!: User | null
      }
      @SessionModel()
      class Misnamed {
        @Column({ type: 'integer', nullable: true }) userId!: number | null
        @ManyToOne(() => User) user!: User | null
      }
      @SessionModel()
      class Named {
        @OneToOne(() => User) @JoinColumn({ name: 'owner_id' }) user!: User | null
      }
      @SessionModel()
      class Read {
        @Column({ type: 'integer', nullable: true }) userUid!: number | null
        @ManyToOne(() => User) user!: User | null
        @RelationId((session: Read) => session.user) userId!: number | null
      }
      for (const model of [Implicit, Misnamed, Named, Read]) {
        expectRefusal('COLUMN_UNDECLARED', () => registerSessionModel(newDataSource(database), model))
      }
    })
  })
}
