import { sequelizeRows } from '../../support/sequelize-rows.js'
import { testRows } from './iterate.js'

await testRows(sequelizeRows)
