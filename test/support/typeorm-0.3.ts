import Module, { register } from 'node:module'
import { typeorm03 } from './resolve-typeorm-0.3.js'

/** What Node.js calls for each `require()`; the hooks of `register()` see only imports. */
const commonJs = Module as unknown as { _resolveFilename(request: string, ...rest: unknown[]): string }
const resolveFilename = commonJs._resolveFilename

// Preloaded (node --import) to run the TypeORM tests on TypeORM 0.3: two versions cannot live in one process.
register('./resolve-typeorm-0.3.js', import.meta.url)
commonJs._resolveFilename = (request, ...rest) => resolveFilename.call(Module, typeorm03(request), ...rest)
process.env.TEST_TYPEORM = '0.3'
