import { sequelizeRows } from '../../support/sequelize-rows.js'
import { testTime } from './two-processes.js'

await testTime('sequelize', sequelizeRows)
