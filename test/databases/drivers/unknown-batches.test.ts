import { expect } from 'chai'
import { type RowUpdate, SessionManager, sessionBackend } from 'koa-session-model'
import { describe, it } from 'mocha'
import { type MatrixRow, reachable } from '../../support/matrix.js'
import { sequelizeRows } from '../../support/sequelize-rows.js'
import { typeormRows } from '../../support/typeorm-rows.js'

const now = new Date()
const expires = new Date(now.getTime() + 60_000)
const rowOf = (id: string) => ({ id, data: '{}', expires, createdAt: now, version: 1, columns: {} })
const updateOf = (id: string, version = 1): RowUpdate => ({
  id,
  version,
  now,
  values: { data: '{"a":1}', version: version + 1 },
})

/** A table that PostgreSQL refuses `UPDATE … RETURNING` on, with 0A000: it has a rule that replaces some updates. */
async function withRule(row: MatrixRow) {
  const statements: string[] = []
  const onStatement = (sql: string): void => void statements.push(sql)
  const open = await row.open({ table: `unknown_batches_${row.name.replace(/\W+/g, '_').toLowerCase()}`, onStatement })
  const backend = open.model[sessionBackend]()
  await backend.insert(['a', 'b'].map(rowOf))
  await open.execute('CREATE RULE never AS ON UPDATE TO ? WHERE (false) DO INSTEAD NOTHING')
  const batches = () => statements.filter((sql) => /UPDATE .* RETURNING/.test(sql))
  return { open, backend, batches }
}

for (const row of await reachable([...typeormRows, ...sequelizeRows].filter(({ server }) => server === 'postgres'))) {
  describe(`batches on a table that refuses them (${row.name})`, () => {
    it('are tried once, and then rows go one by one', async () => {
      const { open, backend, batches } = await withRule(row)
      expect(backend.batchesWrites?.()).to.equal(true)
      expect(await backend.update(['a', 'b'].map((id) => updateOf(id)))).to.deep.equal([null, null])
      expect(backend.batchesWrites?.()).to.equal(false)
      expect(await backend.update(['a', 'b'].map((id) => updateOf(id)))).to.deep.equal([true, true])
      expect(batches()).to.have.length(1)
      await open.close()
    })

    it('cost the sessions that were in one nothing but time', async () => {
      const { open, batches } = await withRule(row)
      const manager = new SessionManager({ model: open.model, cleanup: false })
      const errors: unknown[] = []
      manager.on('error', ({ error }) => errors.push(error))
      const ids = Array.from({ length: 20 }, (_, number) => `session ${number}`)
      for (const label of ['first', 'second', 'third']) await Promise.all(ids.map((id) => manager.set(id, { label })))
      for (const id of ids) expect(await manager.get(id)).to.deep.equal({ label: 'third', userId: null })
      expect(errors).to.deep.equal([])
      expect(batches().length).to.be.within(1, 4)
      manager.close()
      await open.close()
    })
  })
}
