import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { SessionManager } from 'koa-session-model'
import type { TestColumns } from 'koa-session-model/testing'
import { describe, it } from 'mocha'
import { wal } from '../../support/typeorm-drivers.js'
import { rowOf } from '../../support/typeorm-rows.js'
import type { Task } from './wal-agent.js'

const agent = fileURLToPath(new URL('wal-agent.js', import.meta.url))
const preload = fileURLToPath(new URL('../../support/typeorm-0.3.js', import.meta.url))
const execArgv = process.env.TEST_TYPEORM === '0.3' ? ['--import', preload] : []
const id = 'a'.repeat(43)

interface Scene {
  readonly manager: SessionManager<TestColumns>
  /** Processes that have the file open, as this one has. */
  readonly children: readonly ChildProcess[]
}

async function tell(child: ChildProcess, task: Task): Promise<unknown> {
  const answer = once(child, 'message')
  child.send(task)
  return (await answer)[0]
}

async function withProcesses(count: number, work: (scene: Scene) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sessions-'))
  const place = { table: 'wal_sessions', file: join(folder, 'sessions.db') }
  const { model, close } = await rowOf(wal).open(place)
  const manager = new SessionManager({ model, cleanup: false })
  await manager.set(id, { label: 'first' })
  const children = Array.from({ length: count }, () => fork(agent, [place.table, place.file, id], { execArgv }))
  try {
    await Promise.all(children.map((child) => once(child, 'message')))
    await work({ manager, children })
  } finally {
    const living = children.filter((child) => child.connected)
    for (const child of living) child.send('close')
    await Promise.all(living.map((child) => once(child, 'exit')))
    manager.close()
    await close()
    await rm(folder, { recursive: true })
  }
}

describe(`several processes on one file with a write-ahead log (${wal.name})`, () => {
  it('count exactly', async () => {
    await withProcesses(4, async ({ manager, children }) => {
      await Promise.all(children.map((child) => tell(child, 'count')))
      expect(await manager.get(id)).to.deep.include({ count: 100, label: 'first' })
    })
  })

  it('bring an ended session back by no slower write, while others write too', async () => {
    await withProcesses(3, async ({ manager, children: [slow, ...others] }) => {
      if (!slow) throw new Error('There is no process.')
      expect(await tell(slow, 'open')).to.equal(false)
      const counted = others.map((child) => tell(child, 'count'))
      await manager.delete(id)
      expect(await tell(slow, 'commit')).to.equal('committed')
      await Promise.all(counted)
      expect(await manager.get(id)).to.equal(undefined)
    })
  })
})
