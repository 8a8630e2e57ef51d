import { driverDatabases, installed, libSql, wal } from '../../support/typeorm-drivers.js'
import { testRows } from '../contract/contract.js'
import { testLimit } from '../limit/processes.js'
import { testRaces } from '../races/races.js'
import { testTime } from '../time/two-processes.js'

await testRows(installed(driverDatabases))
await testRaces(installed([libSql, wal]))
await testLimit('typeorm', installed([libSql]))
await testTime('typeorm', installed([libSql]))
