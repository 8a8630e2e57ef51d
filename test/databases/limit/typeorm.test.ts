import { typeormRows } from '../../support/typeorm-rows.js'
import { testLimit } from './processes.js'

await testLimit('typeorm', typeormRows)
