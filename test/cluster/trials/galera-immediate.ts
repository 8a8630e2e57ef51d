import { randomUUID } from 'node:crypto'
import { galeraNeeds, withGalera } from '../galera.js'
import { type NodeManager, openers } from '../node-managers.js'
import type { GaleraCluster } from '../servers/galera.js'
import type { Row, Trial } from '../trial.js'

/** How many browsers act at a time. */
const lanes = 20

/** `wsrep_sync_wait` of all nodes; or nodes that do not wait, and connections that set it to 3 themselves. */
const levels = [0, 1, 3, 'hook'] as const

type Counts = Record<'unknown' | 'aliveAfterDelete' | 'aliveAfterSecondDelete' | 'aliveAfterRevoke', number>

/** A login on one node, and at once a request on another one that reads it, ends it, or ends the sessions of its user. */
export const galeraImmediate: Trial = {
  name: 'galera-immediate',
  needs: galeraNeeds,
  run: ({ orms, requests }, found) =>
    withGalera({}, async ({ cluster, ports }) => {
      for (const [name, open] of Object.entries(openers)) {
        if (!orms.some((orm) => name.toLowerCase().startsWith(orm))) continue
        for (const level of levels) {
          const waits = level === 'hook'
          await cluster.syncWait(waits ? 0 : level)
          const managers: NodeManager[] = []
          for (const [index, port] of ports.entries()) managers.push(await open({ port, create: index === 0, waits }))
          await cluster.settle()
          const counts = await measure(managers, cluster, requests)
          await Promise.all(managers.map(({ close }) => close()))
          const row: Row = { trial: `galera-immediate, wsrep_sync_wait ${level}`, name, sessions: requests, ...counts }
          const isSafe = level === 3 || waits
          const faults = isSafe ? Object.entries(counts).flatMap(([what, n]) => (n > 0 ? [`${n} ${what}`] : [])) : []
          found({ row, faults })
        }
      }
    }),
}

async function measure(nodes: readonly NodeManager[], cluster: GaleraCluster, sessions: number): Promise<Counts> {
  const [a, b] = nodes.map(({ manager }) => manager)
  if (!a || !b) throw new Error('There are too few nodes.')
  let unknown = 0
  let user = 0
  const deleted: string[] = []
  const revoked: string[] = []
  const lane = async (): Promise<void> => {
    while (user < sessions) {
      const [userId, id] = [++user, randomUUID()]
      await a.set(id, { userId })
      const way = userId % 3
      if (way === 0 && !(await b.get(id))) unknown++
      if (way === 1) {
        await b.delete(id)
        deleted.push(id)
      }
      if (way === 2) {
        await b.revoke({ userId })
        revoked.push(id)
      }
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  await cluster.settle()
  const aliveOf = async (ids: readonly string[]): Promise<string[]> => {
    const alive: string[] = []
    for (const id of ids) if (await a.get(id)) alive.push(id)
    return alive
  }
  const left = await aliveOf(deleted)
  for (const id of left) await b.delete(id)
  await cluster.settle()
  return {
    unknown,
    aliveAfterDelete: left.length,
    aliveAfterSecondDelete: (await aliveOf(left)).length,
    aliveAfterRevoke: (await aliveOf(revoked)).length,
  }
}
