import { sequelizeRows } from '../../support/sequelize-rows.js'
import { testRaces } from './races.js'

await testRaces(sequelizeRows)
