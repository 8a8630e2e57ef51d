import { typeormRows } from '../../support/typeorm-rows.js'
import { testTime } from './two-processes.js'

await testTime('typeorm', typeormRows)
