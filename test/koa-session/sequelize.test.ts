import { sequelizeRows } from '../support/sequelize-rows.js'
import { testHostRaces } from './races.js'

await testHostRaces(sequelizeRows)
