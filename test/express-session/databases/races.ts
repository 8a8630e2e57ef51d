import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { SessionManager } from 'koa-session-model'
import type { TestColumns } from 'koa-session-model/testing'
import { latch, meeting } from '../../koa/support/latch.js'
import { type MatrixRow, reachable } from '../../support/matrix.js'
import type { Handler, TestHost } from '../support/host.js'
import { ask, hosts } from '../support/site.js'

type Handlers = Readonly<Record<string, Handler>>

interface Processes {
  /** The addresses of two apps on one table, with connections of their own, as two processes have. */
  readonly urls: readonly [string, string]
  readonly manager: SessionManager<TestColumns>
  readonly rows: () => Promise<number>
  readonly writes: () => number
}

const rounds = 10

async function withProcesses(
  row: MatrixRow,
  host: TestHost,
  options: { readonly handlers: Handlers; readonly rolling?: boolean },
  work: (processes: Processes) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sessions-'))
  const table = `bridge_${row.name.replace(/\W+/g, '_').toLowerCase()}`
  let writes = 0
  const onStatement = (sql: string): void => {
    if (/\b(INSERT|UPDATE|DELETE)\b/.test(sql)) writes++
  }
  const place = { table, file: join(folder, 'sessions.db'), onStatement }
  const models = [await row.open(place), await row.open({ ...place, create: false })] as const
  const managers = models.map(({ model }) => new SessionManager({ model, cleanup: false }))
  const apps = await Promise.all(managers.map((manager) => host.start(manager as never, options)))
  try {
    const [one, two] = apps.map(({ url }) => url) as [string, string]
    const rows = async () => (await models[0].dump()).length
    await work({ urls: [one, two], manager: managers[0] as (typeof managers)[number], rows, writes: () => writes })
  } finally {
    for (const app of apps) await app.close()
    for (const manager of managers) manager.close()
    await models[0].execute('DROP TABLE ?')
    for (const { close } of models) await close()
    await rm(folder, { recursive: true })
  }
}

const begin: Handler = ({ session }) => void Object.assign(session, { n: 0 })

/** What two processes with a host do to one session at the same moment, on real databases. */
export async function testRaces(rows: readonly MatrixRow[]): Promise<void> {
  for (const row of await reachable(rows)) {
    for (const host of hosts) {
      describe(`${host.name} in two processes on ${row.name}`, () => {
        it(`ends a session against a slow writer, of this process and of another, ${rounds} times each`, async () => {
          let [loaded, go] = [latch(), latch()]
          const handlers: Handlers = {
            '/begin': begin,
            '/slow': async ({ session }) => {
              loaded.open()
              await go.promise
              session.n = 1
            },
            '/logout': ({ destroy }) => destroy(),
          }
          await withProcesses(row, host, { handlers }, async ({ urls, rows }) => {
            for (const other of urls) {
              for (let round = 0; round < rounds; round++) {
                ;[loaded, go] = [latch(), latch()]
                const { cookie } = await ask(`${urls[0]}/begin`)
                const slow = ask(`${urls[0]}/slow`, cookie)
                await loaded.promise
                expect((await ask(`${other}/logout`, cookie)).status).to.equal(200)
                go.open()
                expect((await slow).status).to.equal(200)
                expect(await rows()).to.equal(0)
              }
            }
          })
        })

        it(`keeps the changes of four requests that change different keys at once, ${rounds} times`, async () => {
          let arrive = meeting(4)
          const setter =
            (name: string): Handler =>
            async ({ session }) => {
              await arrive()
              session[name] = name === 'label' ? 'x' : 1
            }
          const names = ['a', 'b', 'label', 'userId']
          const setters = Object.fromEntries(names.map((name) => [`/${name}`, setter(name)]))
          await withProcesses(row, host, { handlers: { '/begin': begin, ...setters } }, async ({ urls, manager }) => {
            for (let round = 0; round < rounds; round++) {
              arrive = meeting(4)
              const { cookie } = await ask(`${urls[0]}/begin`)
              const answers = await Promise.all(names.map((name, n) => ask(`${urls[n % 2]}/${name}`, cookie)))
              expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200])
              const [session] = await manager.store.list()
              expect(session?.properties).to.include({ n: 0, a: 1, b: 1, userId: 1, label: 'x' })
              await manager.deleteAll()
            }
          })
        })

        it('writes nothing in 20 reads, with rolling off and on', async () => {
          const handlers: Handlers = { '/begin': begin, '/read': ({ session }) => session.n }
          for (const rolling of [false, true]) {
            await withProcesses(row, host, { handlers, rolling }, async ({ urls, writes }) => {
              const { cookie } = await ask(`${urls[0]}/begin`)
              const before = writes()
              expect(before).to.be.above(0)
              for (let n = 0; n < 20; n++) expect((await ask(`${urls[n % 2]}/read`, cookie)).body).to.equal(0)
              expect(writes() - before).to.equal(0)
            })
          }
        })

        it('leaves no row after an unawaited save and a logout', async () => {
          const handlers: Handlers = {
            '/begin': begin,
            '/both': async ({ session, saveSoon, destroy }) => {
              session.n = 1
              saveSoon()
              await destroy()
            },
          }
          await withProcesses(row, host, { handlers }, async ({ urls, rows }) => {
            for (let round = 0; round < rounds; round++) {
              const { cookie } = await ask(`${urls[0]}/begin`)
              await ask(`${urls[1]}/both`, cookie)
              await ask(`${urls[1]}/both`)
              expect(await rows()).to.equal(0)
            }
          })
        })
      })
    }
  }
}
