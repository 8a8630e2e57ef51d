import { expect } from 'chai'
import { type RegisteredModel, SessionManager, SessionModel } from 'koa-session-model'
import {
  createSessionModel as createOnSequelize,
  registerSessionModel as onSequelize,
} from 'koa-session-model/sequelize'
import { createSessionModel as createOnTypeOrm, registerSessionModel as onTypeOrm } from 'koa-session-model/typeorm'
import { Column as Attribute, DataType, Model, Sequelize } from 'sequelize-typescript'
import { Column, DataSource } from 'typeorm'
import { expectError } from '../support/errors.js'
import { openSession } from '../support/open-session.js'

/** A session whose version is NULL, as after adding the column to a table with rows. */
async function survivesNull(model: RegisteredModel, forgetVersion: () => Promise<unknown>): Promise<void> {
  const manager = new SessionManager({ model, cleanup: false })
  await manager.set('a', { views: 1 })
  await forgetVersion()
  const [one, two] = [await openSession(manager, 'a'), await openSession(manager, 'a')]
  one.properties.set('one', 1)
  two.properties.set('two', 2)
  await Promise.all([one.commit(), two.commit()])
  expect({ ...(await manager.get('a')) }).to.deep.equal({ views: 1, one: 1, two: 2 })
}

describe('a table that got its version column late', () => {
  it('keeps parallel changes apart: TypeORM', async () => {
    @SessionModel()
    class Entity {
      @Column({ type: 'integer', nullable: true }) version!: number | null
    }
    const dataSource = new DataSource({ type: 'better-sqlite3', database: ':memory:', synchronize: true })
    const model = onTypeOrm(dataSource, Entity)
    await dataSource.initialize()
    await survivesNull(model, () => dataSource.query('UPDATE entity SET version = NULL'))
    await dataSource.destroy()
  })

  it('keeps parallel changes apart: Sequelize', async () => {
    @SessionModel({ tableName: 'entity' })
    class TestModel extends Model {
      @Attribute(DataType.INTEGER) declare version: number
    }
    const sequelize = new Sequelize({ dialect: 'sqlite', storage: ':memory:', logging: false })
    const model = onSequelize(sequelize, TestModel)
    await model.sync()
    await survivesNull(model, () => sequelize.query('UPDATE entity SET version = NULL'))
    await sequelize.close()
  })
})

describe('a version or date of creation that cannot be read', () => {
  const corrupt = {
    version: ["'one'", '1.5', '9007199254740993'],
    createdAt: ["'long ago'", "''", "'0000-00-00 00:00:00'"],
  }
  for (const [column, values] of Object.entries(corrupt)) {
    for (const value of values) {
      it(`is an error, and nothing is written: ${column} ${value}`, async () => {
        const dataSource = new DataSource({ type: 'better-sqlite3', database: ':memory:', synchronize: true })
        const sequelize = new Sequelize({ dialect: 'sqlite', storage: ':memory:', logging: false })
        const models: [RegisteredModel, (sql: string) => Promise<unknown>][] = [
          [createOnTypeOrm(dataSource, 'entity'), (sql) => dataSource.query(sql)],
          [createOnSequelize(sequelize, 'entity'), (sql) => sequelize.query(sql)],
        ]
        await dataSource.initialize()
        await sequelize.sync()
        for (const [model, query] of models) {
          const manager = new SessionManager({ model, cleanup: false })
          await manager.set('a', { views: 1 })
          await query(`UPDATE entity SET "${column}" = ${value}`)
          await expectError('DATA_CORRUPT', () => manager.get('a'))
          await expectError('DATA_CORRUPT', () => manager.set('a', { views: 2 }))
          expect(await manager.deleteAll()).to.equal(1)
        }
        await dataSource.destroy()
        await sequelize.close()
      })
    }
  }
})
