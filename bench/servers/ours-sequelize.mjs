import { Sequelize } from 'sequelize-typescript'
import { createSessionModel } from '../../dist/src/sequelize/index.js'
import { sequelizeOptions } from '../databases.mjs'
import { ours } from './ours.mjs'

export default async function makeServer() {
  const sequelize = new Sequelize(sequelizeOptions())
  const model = createSessionModel(sequelize, 'bench_ours_sequelize')
  await model.sync()
  return ours(model)
}
