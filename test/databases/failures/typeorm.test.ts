import { testCodes } from './code-rules.js'
import { testConnections } from './connection-rules.js'
import { testLocks } from './lock-rules.js'
import { onEach } from './support/scene.js'
import { typeormFailing } from './support/typeorm.js'

await onEach(typeormFailing, [testCodes, testLocks, testConnections])
