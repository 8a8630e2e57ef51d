import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Model } from 'sequelize-typescript'
import { reachable } from '../support/matrix.js'
import { sequelizeDatabases } from '../support/sequelize-rows.js'
import { describeEach } from './support/databases.js'
import { managerOf, sessionOf } from './support/manager.js'

const postgres = sequelizeDatabases.filter(({ server }) => server === 'postgres')

describeEach(
  "PostgreSQL's own types as properties of the session",
  (open) => {
    it('JSONB and ARRAY come back as they were, after changes inside of them too', async () => {
      @SessionModel({ tableName: 'sequelize_properties_postgres' })
      class WebSession extends Model {
        @Column(DataType.JSONB) declare settings: { theme?: string } | null
        @Column(DataType.ARRAY(DataType.STRING)) declare roles: string[] | null
      }
      const Sessions = registerSessionModel(open(), WebSession)
      await Sessions.sync({ force: true })
      const manager = managerOf(Sessions)
      await manager.set('id', { settings: { theme: 'dark' }, roles: ['a', "b'c"] })
      expect(await manager.get('id')).to.deep.equal({ settings: { theme: 'dark' }, roles: ['a', "b'c"] })
      const session = await sessionOf(manager, 'id')
      ;(session.properties.get('roles') as string[]).push('d')
      await session.commit()
      expect(await manager.get('id')).to.deep.equal({ settings: { theme: 'dark' }, roles: ['a', "b'c", 'd'] })
      await manager.set('id', { roles: [] })
      expect(await manager.get('id')).to.deep.equal({ settings: null, roles: [] })
    })
  },
  await reachable(postgres),
)
