import { typeormRows } from '../../support/typeorm-rows.js'
import { testRows } from './contract.js'

await testRows(typeormRows)
