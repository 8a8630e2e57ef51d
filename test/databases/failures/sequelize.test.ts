import { testCodes } from './code-rules.js'
import { testConnections } from './connection-rules.js'
import { testLocks } from './lock-rules.js'
import { onEach } from './support/scene.js'
import { sequelizeFailing } from './support/sequelize.js'

await onEach(sequelizeFailing, [testCodes, testLocks, testConnections])
