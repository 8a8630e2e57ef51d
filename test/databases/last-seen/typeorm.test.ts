import { typeormRows } from '../../support/typeorm-rows.js'
import { testLastSeen } from './last-seen.js'

await testLastSeen(typeormRows)
