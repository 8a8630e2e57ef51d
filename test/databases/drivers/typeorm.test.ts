import { libSql, mysql, pglite, sqlJs, wal } from '../../support/typeorm-drivers.js'
import { rowOf } from '../../support/typeorm-rows.js'
import { testRows } from '../contract/contract.js'
import { testRaces } from '../races/races.js'

await testRows([libSql, pglite, sqlJs, wal, mysql].map(rowOf))
await testRaces([libSql, wal, mysql].map(rowOf))
