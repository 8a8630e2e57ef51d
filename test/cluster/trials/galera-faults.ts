import { setTimeout as wait } from 'node:timers/promises'
import { type Mark, stressDuring } from '../disturbed-stress.js'
import { disturbed } from '../findings.js'
import { driversOf, type Galera, galeraNeeds, withGalera } from '../galera.js'
import type { GaleraNode } from '../servers/galera.js'
import type { Trial } from '../trial.js'

/** How many requests a second are sent while a node fails. */
const perSecond = 60

/** Settings that let the other nodes go on sooner without one that is silent. */
export const shortTimeouts = [
  'evs.keepalive_period=PT0.5S',
  'evs.suspect_timeout=PT2S',
  'evs.inactive_check_period=PT0.5S',
  'evs.inactive_timeout=PT6S',
  'gmcast.peer_timeout=PT2S',
]

const settings = { default: [], short: shortTimeouts } as const

/** Something that happens to one node, for so many seconds. */
type Happening = (node: GaleraNode, mark: Mark, seconds: number) => Promise<void>

const killed: Happening = async (node, mark, seconds) => {
  await node.kill()
  mark('killed')
  await wait(seconds * 1000)
  mark('started')
  await node.restart()
  mark('joined')
}

const partitioned: Happening = async (node, mark, seconds) => {
  node.freeze()
  mark('frozen')
  await wait(seconds * 1000)
  node.thaw()
  mark('thawed')
}

/** One node is killed, or cut off, under a steady load, and comes back. */
function trialOf(name: string, happening: Happening, end: string): Trial {
  return {
    name,
    needs: galeraNeeds,
    async run({ orms, seconds }, found) {
      for (const [setting, provider] of Object.entries(settings)) {
        await withGalera({ syncWait: 3, provider }, async (galera) => {
          for (const [orm, driver] of driversOf(orms)) {
            for (const [place, ports] of placesOf(galera)) {
              const conditions = { perSecond, timeout: '10s', ports, settle: () => galera.cluster.settle() }
              const during = async (mark: Mark): Promise<void> => {
                await wait(3000)
                await happening(galera.cluster.nodes[1] as GaleraNode, mark, seconds)
                await wait(6000)
              }
              const report = await stressDuring(orm, driver, during, conditions)
              found(disturbed(`${name}, ${setting} timeouts, ${place}`, report, end))
              await galera.cluster.whole()
            }
          }
        })
      }
    },
  }
}

function placesOf({ ports, proxyPort }: Galera): [string, readonly number[]][] {
  return [
    ['nodes', ports],
    ['haproxy', [proxyPort]],
  ]
}

export const galeraKill = trialOf('galera-kill', killed, 'joined')
export const galeraPartition = trialOf('galera-partition', partitioned, 'thawed')
