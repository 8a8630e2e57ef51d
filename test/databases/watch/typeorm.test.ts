import { typeormRows } from '../../support/typeorm-rows.js'
import { testWatch } from './rules.js'

await testWatch(typeormRows)
