import { stress } from '../../databases/stress/run.js'
import { databaseOf } from '../disturbed-stress.js'
import { undisturbed } from '../findings.js'
import { driversOf, galeraNeeds, withGalera } from '../galera.js'
import type { Trial } from '../trial.js'

/** The stress, with each process on a node of its own, and through the proxy; on many sessions, and on few. */
export const galeraStress: Trial = {
  name: 'galera-stress',
  needs: galeraNeeds,
  run: ({ orms, requests }, found) =>
    withGalera({ syncWait: 3 }, async ({ cluster, ports, proxyPort }) => {
      const places = { nodes: ports, haproxy: [proxyPort] }
      for (const [orm, driver] of driversOf(orms)) {
        const database = await databaseOf(orm, driver)
        for (const [place, used] of Object.entries(places)) {
          for (const sessions of [20, 3]) {
            const conditions = { ports: used, settle: () => cluster.settle() }
            const report = await stress(orm, database, { requests, sessions, parallel: 10 }, conditions)
            found(undisturbed(`galera, ${place}, ${sessions} sessions`, report))
          }
        }
      }
    }),
}
