import { sequelizeRows } from '../../support/sequelize-rows.js'
import { testRows } from './contract.js'

await testRows(sequelizeRows)
