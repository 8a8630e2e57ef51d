import { typeormRows } from '../../support/typeorm-rows.js'
import { testLockedBatches } from './mariadb.js'

await testLockedBatches(typeormRows)
