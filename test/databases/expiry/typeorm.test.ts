import { typeormRows } from '../../support/typeorm-rows.js'
import { testUnreadable } from './unreadable.js'

await testUnreadable(typeormRows)
