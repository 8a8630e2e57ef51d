import { testReasons } from './reason-rules.js'
import { sequelizeReasons } from './support/sequelize.js'

await testReasons(sequelizeReasons)
