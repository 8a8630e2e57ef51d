import type { Command } from '../command.js'
import { ddl } from './ddl.js'
import { doctor } from './doctor.js'
import { init } from './init.js'
import { list } from './list.js'
import { prune } from './prune.js'
import { reencrypt } from './reencrypt.js'
import { rehash } from './rehash.js'
import { revoke } from './revoke.js'
import { show } from './show.js'
import { stats } from './stats.js'

/** All commands, in the order of the help. */
export const commands: readonly Command[] = [init, stats, list, show, revoke, prune, doctor, reencrypt, rehash, ddl]
