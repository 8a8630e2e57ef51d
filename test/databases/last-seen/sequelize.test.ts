import { sequelizeRows } from '../../support/sequelize-rows.js'
import { testLastSeen } from './last-seen.js'

await testLastSeen(sequelizeRows)
