import { sequelizeRows } from '../../support/sequelize-rows.js'
import { testLimit } from './processes.js'

await testLimit('sequelize', sequelizeRows)
