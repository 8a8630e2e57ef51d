import { sequelizeRows } from '../../support/sequelize-rows.js'
import { testRefused } from './refused.js'

await testRefused(sequelizeRows)
