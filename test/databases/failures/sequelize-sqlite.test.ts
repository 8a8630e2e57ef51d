import { sessionBackend } from 'koa-session-model'
import { createSessionModel } from 'koa-session-model/sequelize'
import { Sequelize } from 'sequelize-typescript'
import { testSqlite } from './support/sqlite.js'

testSqlite('Sequelize, sqlite3', async (storage) => {
  const sequelize = new Sequelize({ dialect: 'sqlite', storage, logging: false })
  const model = createSessionModel(sequelize, 'failing')
  await sequelize.query('PRAGMA journal_mode = WAL')
  await model.sync()
  return {
    backend: model[sessionBackend](),
    begin: async () => {
      const transaction = await sequelize.transaction()
      await sequelize.query("UPDATE failing SET data = data WHERE id = 'x'", { transaction })
      return { commit: () => transaction.commit() }
    },
    close: () => sequelize.close(),
  }
})
