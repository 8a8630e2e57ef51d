import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Model } from 'sequelize-typescript'
import { describeEach } from './support/databases.js'
import { managerOf } from './support/manager.js'

describeEach('an instance that shortens the names of columns', (open) => {
  it('finds the columns of sessions, also renamed ones', async () => {
    @SessionModel({ tableName: 'sequelize_minified', columns: { data: 'content' } })
    class MinifiedSession extends Model {
      @Column({ type: DataType.INTEGER, field: 'user_id' }) declare userId: number | null
      @Column(DataType.STRING(20)) declare label: string | null
    }
    const Sessions = registerSessionModel(open({ minifyAliases: true }), MinifiedSession)
    await Sessions.sync({ force: true })
    const manager = managerOf(Sessions)
    await manager.set('an id', { userId: 7, label: 'x', note: 1 })
    expect(await manager.get('an id')).to.deep.equal({ userId: 7, label: 'x', note: 1 })
  })
})
