import { typeormRows } from '../../support/typeorm-rows.js'
import { testRaces } from './races.js'

await testRaces(typeormRows)
