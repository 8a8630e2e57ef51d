import { testFailures } from './rules.js'
import { typeormFailing } from './support/typeorm.js'

await testFailures(typeormFailing)
