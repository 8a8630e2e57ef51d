import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import {
  BeforeBulkDestroy,
  BeforeCreate,
  BeforeDestroy,
  BeforeUpdate,
  Column,
  DataType,
  Model,
} from 'sequelize-typescript'
import type { Session } from '../../src/core/session/session.js'
import { isFoundIn } from '../support/found-in.js'
import { openSession } from '../support/open-session.js'
import { describeEach } from './support/databases.js'
import { managerOf } from './support/manager.js'

describeEach('a model with hooks', (open) => {
  it('keeps nothing of the ids that a session had, and tells its hooks when a session ends', async () => {
    const ended: unknown[] = []
    @SessionModel({ tableName: 'sequelize_leftovers_hooks' })
    class WebSession extends Model {
      @Column(DataType.STRING(20)) declare label: string | null

      @BeforeBulkDestroy
      static askEach(options: { individualHooks?: boolean }): void {
        options.individualHooks = true
      }

      @BeforeDestroy
      static note({ label }: WebSession): void {
        ended.push(label)
      }

      @BeforeUpdate
      @BeforeCreate
      static cut(row: WebSession): void {
        if (row.label) row.label = row.label.trim()
      }
    }
    const Sessions = registerSessionModel(open(), WebSession)
    await Sessions.sync({ force: true })
    const manager = managerOf(Sessions)
    for (const end of [(session: Session) => session.destroy(), () => manager.revoke({ label: 'asthma' })]) {
      const session = await openSession(manager)
      session.properties.set('label', 'asthma')
      await session.save()
      for (let n = 0; n < 3; n++) {
        await session.regenerate()
        await session.save()
      }
      const rows = await Sessions.findAll({ raw: true })
      expect(rows).to.have.length(4)
      expect(rows.filter((row) => isFoundIn(row, 'asthma'))).to.have.length(1)
      await end(session)
      expect(await Sessions.count()).to.equal(0)
    }
    expect(ended.filter((label) => label !== null)).to.deep.equal(['asthma', 'asthma'])
  })
})

describeEach('a hook that refuses to remove an expired row', (open) => {
  it('keeps no other row from being removed', async () => {
    @SessionModel({ tableName: 'sequelize_clean_up_hooks' })
    class WebSession extends Model {
      @Column(DataType.STRING(20)) declare label: string | null

      @BeforeBulkDestroy
      static askEach(options: { individualHooks?: boolean }): void {
        options.individualHooks = true
      }

      @BeforeDestroy
      static refuse(row: WebSession): void {
        if (row.label === 'kept') throw new Error('a hook, as the test wants it')
      }
    }
    const Sessions = registerSessionModel(open(), WebSession)
    await Sessions.sync({ force: true })
    const manager = managerOf(Sessions)
    for (const number of [0, 1, 2, 3, 4]) await manager.set(String(number), { label: number === 2 ? 'kept' : null })
    const later = managerOf(Sessions, { now: () => Date.now() + manager.options.maxAge + 1000 })
    const errors: unknown[] = []
    later.on('error', ({ error }) => void errors.push((error as Error).cause))
    expect(await later.deleteExpired()).to.equal(4)
    expect(await later.deleteExpired()).to.equal(0)
    expect((await Sessions.findAll()).map(({ label }) => label)).to.deep.equal(['kept'])
    expect(errors.map(String)).to.deep.equal(['Error: a hook, as the test wants it'])
  })
})
