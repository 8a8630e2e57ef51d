import { register } from 'node:module'

// Preloaded (node --import) to run the TypeORM tests on TypeORM 0.3: two versions cannot live in one process.
register('./resolve-typeorm-0.3.js', import.meta.url)
process.env.TEST_TYPEORM = '0.3'
