import { expect } from 'chai'
import { type SessionBackend, sessionBackend } from 'koa-session-model'
import { type TestColumns, testBackend } from 'koa-session-model/testing'
import { after, before, describe, it } from 'mocha'
import { DataSource } from 'typeorm'
import { servers } from '../../support/databases.js'
import { type MatrixRow, reachable } from '../../support/matrix.js'
import { partitioning } from '../../support/partitions.js'
import { sequelizeRows } from '../../support/sequelize-rows.js'
import { typeormRows } from '../../support/typeorm-rows.js'

const count = 8
const onPostgres = ({ server }: MatrixRow): boolean => server === 'postgres'

for (const row of await reachable([...typeormRows, ...sequelizeRows].filter(onPostgres))) {
  const table = `partitions_${row.name.replace(/\W+/g, '_').toLowerCase()}`
  const statements: string[] = []

  const open = async (): Promise<{ backend: SessionBackend<TestColumns>; close(): Promise<void> }> => {
    const { model, execute, close } = await row.open({ table, onStatement: (sql) => statements.push(sql) })
    for (const sql of partitioning(table, count)) await execute(sql)
    return { backend: model[sessionBackend](), close }
  }

  testBackend({ describe, it, before, after }, `${row.name}, ${count} partitions`, open)

  describe(`${row.name}: a table of ${count} partitions`, () => {
    let opened: Awaited<ReturnType<typeof open>>
    const ids = Array.from({ length: count + 2 }, (_, n) => `session ${n}`)

    before(async () => {
      opened = await open()
      const [expires, createdAt] = [new Date(Date.now() + 60_000), new Date()]
      const rowOf = (id: string) => ({ id, data: '{}', expires, createdAt, version: 1, columns: {} })
      await opened.backend.insert(ids.map(rowOf))
      await opened.backend.find(ids)
      statements.length = 0
    })
    after(() => opened.close())

    it('is searched for each id in one partition, whether it comes alone, with few others or with many', async () => {
      for (const wanted of [ids.slice(0, 1), ids.slice(0, count - 1), ids]) {
        statements.length = 0
        const found = await opened.backend.find(wanted)
        expect(found.map(({ id }) => id)).to.have.members(wanted)
        const [looks, conditions] = await looksOf(statements.at(-1), wanted)
        expect(looks).to.equal(wanted.length)
        for (const condition of conditions) expect(condition).not.to.contain('ANY')
      }
    })

    it('is asked once what it is', async () => {
      statements.length = 0
      await opened.backend.find(ids)
      expect(statements).to.have.length(1)
    })
  })
}

/** How often the plan of a find looks into a partition, and its conditions. */
async function looksOf(sql: string | undefined, ids: readonly string[]): Promise<[number, string[]]> {
  const dataSource = await new DataSource({ type: 'postgres', ...servers.postgres }).initialize()
  try {
    const statement = String(sql).replace(/^Executing \([^)]*\): /, '')
    const parameters = statement.includes('unnest($1') ? [ids] : statement.includes('$1') ? ids : []
    const explained: { readonly [title: string]: string }[] = await dataSource.query(
      `EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF) ${statement}`,
      [...parameters],
    )
    const plan = explained.map((line) => String(line['QUERY PLAN']))
    const looks = plan.map((line) => Number(/Scan .* on .*loops=(\d+)/.exec(line)?.[1] ?? 0))
    return [looks.reduce((sum, loops) => sum + loops), plan.filter((line) => /Cond:|Filter:/.test(line))]
  } finally {
    await dataSource.destroy()
  }
}
