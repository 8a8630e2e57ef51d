import { typeormRows } from '../support/typeorm-rows.js'
import { testHostRaces } from './races.js'

await testHostRaces(typeormRows)
