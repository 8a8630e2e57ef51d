import { testFailures } from './rules.js'
import { sequelizeFailing } from './support/sequelize.js'

await testFailures(sequelizeFailing)
