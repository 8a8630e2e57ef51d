import { driverRows, fileDriverRows } from '../../support/typeorm-drivers.js'
import { testRows } from '../contract/contract.js'
import { testLimit } from '../limit/processes.js'
import { testRaces } from '../races/races.js'
import { testTime } from '../time/two-processes.js'

await testRows(driverRows)
await testRaces(fileDriverRows)
await testLimit('typeorm', fileDriverRows)
await testTime('typeorm', fileDriverRows)
