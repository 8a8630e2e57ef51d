import { testBackend } from 'koa-session-model/testing'
import { after, before, describe, it } from 'mocha'
import { reachable } from '../../support/matrix.js'
import { relayedBackend, relayedTypes } from '../../support/relayed-driver.js'
import { typeormDatabases } from '../../support/typeorm-rows.js'

for (const database of await reachable(typeormDatabases)) {
  for (const type of relayedTypes[database.server ?? 'sqlite']) {
    testBackend({ describe, it, before, after }, `statements of ${type} on ${database.name}`, () =>
      relayedBackend(type, database.connection({ table: '' }), `relayed_${type.replace('-', '_')}`),
    )
  }
}
