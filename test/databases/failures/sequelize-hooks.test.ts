import { expect } from 'chai'
import { reachable } from '../../support/matrix.js'
import { sequelizeDatabases } from '../../support/sequelize-rows.js'
import { TestCall } from './support/call.js'
import { proxyFor } from './support/proxy.js'
import { failure, rowOf, touchOf, updateOf } from './support/rows.js'
import { openFailing } from './support/sequelize.js'

const found = await reachable(sequelizeDatabases.filter(({ server }) => server))

for (const { name, server, connection } of found) {
  if (!server) continue
  const table = `failing_hooks_${name.toLowerCase().replace(/\W+/g, '_')}`

  describe(`failures among the hooks of an application: ${name}`, () => {
    const open = (more: object = {}, options: object = {}) =>
      openFailing({ ...connection({}), ...more }, server, { table, ...options })

    after(async () => {
      const { model, close } = await open({}, { exists: true })
      await model.drop()
      await close()
    })

    it('are no failures of the session database', async () => {
      const { backend, model, close } = await open()
      const refused = Object.assign(new Error('of a cache'), { code: 'ECONNRESET' })
      model.addHook('afterCreate', () => Promise.reject(refused))
      expect(await failure(backend, backend.insert([rowOf('a')]))).to.equal('failed')
      expect((await backend.find(['a'])).length).to.equal(1)
      await close()
    })

    it('leave it uncertain whether the session was written, if a statement came after it', async () => {
      const { backend, model, close } = await open()
      model.addHook('afterCreate', async (_row, options) => {
        const { sequelize } = model
        const conflict =
          server === 'postgres' ? "DO $$ BEGIN RAISE SQLSTATE '40001'; END $$" : "SIGNAL SQLSTATE '40001'"
        await sequelize?.query(conflict, { ...options, type: 'RAW' } as never)
      })
      expect(await failure(backend, backend.insert([rowOf('a')]))).to.equal('uncertain')
      expect((await backend.find(['a'])).length).to.equal(1)
      await close()
    })

    it('do not send what nobody waits for any more', async () => {
      const { backend, model, close } = await open()
      await backend.insert([rowOf('a')])
      const call = new TestCall()
      model.addHook('beforeBulkUpdate', () => call.end())
      expect(await failure(backend, backend.update([updateOf('a')], call))).to.equal('failed')
      expect((await backend.find(['a']))[0]?.data).to.equal('{}')
      await close()
    })

    it('find the call in no options that they do not hand on', async () => {
      const { backend, model, query, close } = await open()
      await backend.insert([rowOf('a')])
      const call = new TestCall()
      model.addHook('beforeBulkDestroy', async () => void (await query('SELECT 1')))
      expect(await backend.delete(['a'], call)).to.equal(1)
      expect(call.waits).to.deep.equal(['connection', 'answer', 'connection'])
      await close()
    })
  })

  describe(`repeating by the instance: ${name}`, () => {
    it('does not send a write again that may have happened', async () => {
      const proxy = await proxyFor(server)
      const retry = { max: 5, match: [/./], backoffBase: 0, timeout: 60_000 }
      const options = { ...connection({}), retry }
      const { backend, model, close } = await openFailing(options, server, {
        table: `${table}_retry`,
        port: proxy.port,
      })
      await backend.insert([rowOf('a'), rowOf('b')])
      for (const write of [
        () => backend.update([updateOf('a')]),
        () => backend.touch([touchOf('b')]),
        () => backend.update([updateOf('a', 2), updateOf('b')]),
      ]) {
        proxy.arm('after', 'UPDATE')
        expect(await failure(backend, write())).to.equal('uncertain')
        expect(proxy.sent).to.equal(1)
      }
      proxy.arm('after', 'INSERT')
      expect(await failure(backend, backend.insert([rowOf('c')]))).to.equal('uncertain')
      expect(proxy.sent).to.equal(1)
      proxy.arm('after', 'DELETE')
      expect(await failure(backend, backend.delete(['a']))).to.equal('uncertain')
      expect(proxy.sent).to.equal(1)
      expect((await backend.find(['a', 'b', 'c'])).map(({ id, version }) => [id, version]).sort()).to.deep.equal([
        ['b', server === 'postgres' ? 2 : 1],
        ['c', 1],
      ])
      await model.drop()
      await close()
      await proxy.close()
    })
  })

  describe(`a pool of Sequelize that gives no connection: ${name}`, () => {
    it('is a timeout', async () => {
      const { backend, model, hold, close } = await openFailing(connection({}), server, { table, acquire: 50 })
      const release = await hold()
      expect(await failure(backend, backend.find(['a']))).to.equal('timeout')
      expect(await failure(backend, backend.insert([rowOf('a')]))).to.equal('timeout')
      await release()
      await model.drop()
      await close()
    })
  })
}
