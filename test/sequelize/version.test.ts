import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Model, Table } from 'sequelize-typescript'
import { describeEach } from './support/databases.js'
import { managerOf, sessionOf } from './support/manager.js'

for (const version of [true, 'revision'] as const) {
  describeEach(`@Table({ version: ${version} })`, (open) => {
    async function store() {
      const columns = version === true ? {} : { version }
      @Table({ tableName: `sequelize_version_${version}`, timestamps: false, version })
      @SessionModel({ columns })
      class WebSession extends Model {
        @Column(DataType.INTEGER) declare userId: number | null
        declare revision: number
      }
      const Sessions = registerSessionModel(open(), WebSession)
      await Sessions.sync({ force: true })
      const find = () => Sessions.findOne({ rejectOnEmpty: true })
      const read = async () => (await find()).get(version === true ? 'version' : version)
      return { Sessions, manager: managerOf(Sessions), find, read }
    }

    it('is our version: it grows by one with each update, and is no property', async () => {
      const { manager, read } = await store()
      for (const n of [1, 2, 3]) {
        await manager.set('id', { userId: n })
        expect(await read()).to.equal(n)
      }
      expect(await manager.get('id')).to.deep.equal({ userId: 3 })
      expect(manager.options.backend.capabilities.versions).to.equal(true)
    })

    it('lets a session and a row that is saved notice each other', async () => {
      const { manager, find, read } = await store()
      await manager.set('id', { userId: 1 })
      const session = await sessionOf(manager, 'id')
      const row = await find()
      await row.update({ userId: 7 })
      session.properties.set('cart', 1)
      await session.commit()
      expect(await manager.get('id')).to.deep.equal({ userId: 7, cart: 1 })
      expect(await read()).to.equal(3)
      const error: unknown = await row.update({ userId: 8 }).catch((thrown: unknown) => thrown)
      expect(error).to.have.property('name', 'SequelizeOptimisticLockError')
    })
  })
}
