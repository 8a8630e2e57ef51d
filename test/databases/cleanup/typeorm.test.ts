import { typeormRows } from '../../support/typeorm-rows.js'
import { testRefused } from './refused.js'

await testRefused(typeormRows)
