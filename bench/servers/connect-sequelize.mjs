import makeStore from 'connect-session-sequelize'
import session from 'express-session'
import { Sequelize } from 'sequelize'
import { sequelizeOptions } from '../databases.mjs'
import { expressSession } from './express-session.mjs'

export default async function makeServer() {
  const db = new Sequelize(sequelizeOptions())
  const store = new (makeStore(session.Store))({ db, tableName: 'bench_connect_sequelize' })
  await store.sync()
  return expressSession(store)
}
