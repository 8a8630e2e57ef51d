import { testReasons } from './reason-rules.js'
import { typeormReasons } from './support/typeorm.js'

await testReasons(typeormReasons)
