import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import type { SessionPolicy } from 'koa-session-model'
import { Encryption } from '../../src/core/codec/encryption.js'
import { cliRows, type Site, siteOf } from './support/site.js'

interface Trial {
  readonly command: readonly string[]
  /** The sessions before the command, while it runs, and after it. */
  readonly policies: readonly [SessionPolicy, SessionPolicy, SessionPolicy]
  readonly keys: string
  /** Whether the command, or a request, has rewritten the row. */
  isDone(row: Readonly<Record<string, unknown>>): boolean
}

const [former, current] = ['11'.repeat(32), '22'.repeat(32)] as const
const formerName = String(new Encryption([Buffer.from(former, 'hex')]).current)
const sessions = 120
const trials: readonly Trial[] = [
  {
    command: ['rehash', '--yes'],
    policies: [{ hashIds: false }, { hashIds: 'migrate' }, {}],
    keys: '',
    isDone: ({ id }) => /^[0-9a-f]{64}$/.test(String(id)),
  },
  {
    command: ['reencrypt'],
    policies: [{ encryptionKeys: [former] }, { encryptionKeys: [current, former] }, { encryptionKeys: [current] }],
    keys: `${current},${former}`,
    isDone: ({ data }) => !String(data).includes(formerName),
  },
]

for (const row of cliRows.filter(({ name, server }) => server && name.startsWith('TypeORM'))) {
  for (const { command, policies, keys, isDone } of trials) {
    describe(`${command[0]}, killed and stopped under load: ${row.name}`, function () {
      this.timeout(60_000)
      let site: Site

      beforeEach(async () => {
        site = await siteOf(row, 'cli_stopped')
      })
      afterEach(() => site.close())

      it('goes on when it is called again, and loses nothing', async () => {
        const [before, during, after] = policies.map((policy) => site.managerWith(policy))
        const creating = Array.from({ length: sessions }, (_, n) => before?.create({ userId: n, count: 0 } as object))
        const ids = (await Promise.all(creating)).map((created) => String(created?.id))
        // Requests use the other sessions, so these are the work of the command.
        const isUnused = ({ userId }: Record<string, unknown>): boolean => Number(userId) % 2 === 1
        const done = async (): Promise<number> =>
          (await site.open.dump()).filter((row) => isUnused(row) && isDone(row)).length
        expect(await done()).to.equal(0)
        const load = new Load(during as never, ids)
        const counting = load.run()
        const env = { CLI_KEYS: keys }
        for (const signal of ['SIGKILL', 'SIGINT'] as const) {
          const begin = await done()
          const result = await site.spawn([...command, '--batch', '1', '--json'], {
            env,
            started: async (child) => {
              while (child.exitCode === null && (await done()) < begin + 10) await sleep(20)
              child.kill(signal)
            },
          })
          expect(result.code, result.err).to.equal(signal === 'SIGKILL' ? null : 1)
          if (signal === 'SIGINT') expect(JSON.parse(result.out)).to.include({ stopped: true, failed: 0 })
        }
        const last = await site.json<{ rewritten: number; failed: number }>(command, { env })
        expect(last).to.include({ failed: 0, stopped: false })
        expect(last.rewritten).to.be.greaterThan(0)
        load.isOver = true
        await counting
        const found = await Promise.all(ids.map((id) => after?.get(id)))
        expect(found.map((one) => (one as { count?: number } | undefined)?.count)).to.deep.equal(load.expected)
        expect(found.map((one) => one?.userId)).to.deep.equal(
          load.expected.map((one, n) => (one === undefined ? undefined : n)),
        )
        expect(await site.open.dump()).to.have.length(load.expected.filter((one) => one !== undefined).length)
      })
    })
  }
}

/** Writes, reads and logouts of an app, one session after another. */
class Load {
  isOver = false
  /** What each session must count; `undefined` for one that was ended. */
  readonly expected: (number | undefined)[]
  readonly #manager: ReturnType<Site['managerWith']>
  readonly #ids: readonly string[]

  constructor(manager: ReturnType<Site['managerWith']>, ids: readonly string[]) {
    this.#manager = manager
    this.#ids = ids
    this.expected = ids.map(() => 0)
  }

  async run(): Promise<void> {
    for (let turn = 1; !this.isOver; turn++) {
      const n = (turn * 14) % this.#ids.length
      await this.#use(n, turn)
      await sleep(5)
    }
  }

  async #use(n: number, turn: number): Promise<void> {
    const id = this.#ids[n] ?? ''
    if (this.expected[n] === undefined) {
      expect(await this.#manager.get(id)).to.equal(undefined)
    } else if (turn % 10 === 3) {
      await this.#manager.delete(id)
      this.expected[n] = undefined
    } else {
      const properties = await this.#manager.get(id)
      expect(properties).to.include({ userId: n, count: this.expected[n] })
      await this.#manager.set(id, { ...properties, count: turn } as object)
      this.expected[n] = turn
    }
  }
}
