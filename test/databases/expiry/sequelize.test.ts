import { sequelizeRows } from '../../support/sequelize-rows.js'
import { testUnreadable } from './unreadable.js'

await testUnreadable(sequelizeRows)
