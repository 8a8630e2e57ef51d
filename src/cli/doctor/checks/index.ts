import type { Check } from '../check.js'
import { backlog } from './backlog.js'
import { charset } from './charset.js'
import { clock } from './clock.js'
import { cookie } from './cookie.js'
import { dataColumn } from './data-column.js'
import { galera } from './galera.js'
import { idColumn } from './id-column.js'
import { indexes } from './indexes.js'
import { isolation } from './isolation.js'
import { keys } from './keys.js'
import { moments } from './moments.js'
import { packet } from './packet.js'
import { pool } from './pool.js'
import { readAfterWrite } from './read-after-write.js'
import { table } from './table.js'
import { vacuum } from './vacuum.js'

/** All checks, in the order in which they run. */
export const checks: readonly Check[] = [
  table,
  idColumn,
  dataColumn,
  moments,
  indexes,
  charset,
  packet,
  clock,
  isolation,
  readAfterWrite,
  galera,
  pool,
  cookie,
  keys,
  vacuum,
  backlog,
]
