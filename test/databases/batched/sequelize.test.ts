import { sequelizeRows } from '../../support/sequelize-rows.js'
import { testLockedBatches } from './mariadb.js'

await testLockedBatches(sequelizeRows)
