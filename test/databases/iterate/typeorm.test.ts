import { typeormRows } from '../../support/typeorm-rows.js'
import { testRows } from './iterate.js'

await testRows(typeormRows)
