import { refusedSetups } from './refused.js'
import type { Setup } from './setup.js'
import { testingSetups } from './testing.js'
import { toolSetups } from './tools.js'
import { typeormInitSetups } from './typeorm-init.js'
import { typescriptSetups } from './typescript.js'

/** All projects that are tried. */
export const setups: readonly Setup[] = [
  ...typeormInitSetups,
  ...typescriptSetups,
  ...toolSetups,
  ...testingSetups,
  ...refusedSetups,
]
