import { sequelizeRows } from '../../support/sequelize-rows.js'
import { testWatch } from './rules.js'

await testWatch(sequelizeRows)
