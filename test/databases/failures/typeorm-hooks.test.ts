import { expect } from 'chai'
import { sessionBackend } from 'koa-session-model'
import { createSessionModel } from 'koa-session-model/typeorm'
import type { EntitySubscriberInterface, InsertEvent } from 'typeorm'
import { reachable } from '../../support/matrix.js'
import { TestCall } from './support/call.js'
import { proxyFor } from './support/proxy.js'
import { failure, rowOf } from './support/rows.js'
import { failingDataSource, typeormFailing } from './support/typeorm.js'

for (const { name, server } of await reachable(typeormFailing)) {
  const table = 'failing_typeorm'

  /** A table with a backend, on one connection. */
  async function open(options: { acquire?: number; port?: number; isLate?: boolean } = {}) {
    const dataSource = failingDataSource(server, options)
    if (options.isLate) await dataSource.setOptions({ synchronize: true }).initialize()
    const model = createSessionModel(dataSource, table)
    if (!options.isLate) await dataSource.initialize()
    const drop = async () => {
      const runner = dataSource.createQueryRunner()
      await runner.dropTable(table, true)
      await runner.release()
    }
    await drop()
    if (!options.isLate) await dataSource.synchronize()
    return { dataSource, drop, backend: model[sessionBackend]() }
  }

  describe(`failures among the subscribers of an application: ${name}`, () => {
    const conflict = server === 'postgres' ? "DO $$ BEGIN RAISE SQLSTATE '40001'; END $$" : "SIGNAL SQLSTATE '40001'"

    it('are no failures of the session database', async () => {
      const { dataSource, backend, drop } = await open()
      const refused = Object.assign(new Error('of a cache'), { code: 'ECONNRESET' })
      const subscriber: EntitySubscriberInterface = { afterInsert: () => Promise.reject(refused) }
      dataSource.subscribers.push(subscriber)
      expect(await failure(backend, backend.insert([rowOf('a')]))).to.equal('failed')
      expect((await backend.find(['a'])).length).to.equal(1)
      await drop()
      await dataSource.destroy()
    })

    it('leave it uncertain whether the session was written, if a statement came after it', async () => {
      const { dataSource, backend, drop } = await open()
      const subscriber: EntitySubscriberInterface = {
        afterInsert: ({ queryRunner }: InsertEvent<unknown>) => queryRunner.query(conflict),
      }
      dataSource.subscribers.push(subscriber)
      expect(await failure(backend, backend.insert([rowOf('a')]))).to.equal('uncertain')
      expect((await backend.find(['a'])).length).to.equal(1)
      await drop()
      await dataSource.destroy()
    })
  })

  describe(`a table that is created late: ${name}`, () => {
    for (const marker of ['information_schema', 'CREATE TABLE'])
      it(`blocks no others when its creation gets no answer (${marker})`, async () => {
        const proxy = await proxyFor(server)
        const { dataSource, backend, drop } = await open({ isLate: true, port: proxy.port })
        proxy.arm('freeze', marker)
        const calls = [new TestCall(), new TestCall()]
        const answers = calls.map((call) => failure(backend, backend.find(['a'], call)))
        while (proxy.sent === 0) await new Promise(setImmediate)
        for (const call of calls) call.end()
        expect(await Promise.all(answers)).to.have.lengthOf(2)
        await backend.insert([rowOf('a')], new TestCall())
        expect((await backend.find(['a'])).length).to.equal(1)
        await drop()
        await dataSource.destroy()
        await proxy.close()
      })
  })

  describe(`a pool of TypeORM that gives no connection: ${name}`, () => {
    it('is a timeout on PostgreSQL', async () => {
      if (server !== 'postgres') return
      const { dataSource, backend, drop } = await open({ acquire: 100 })
      const runner = dataSource.createQueryRunner()
      await runner.connect()
      expect(await failure(backend, backend.find(['a']))).to.equal('timeout')
      expect(await failure(backend, backend.insert([rowOf('a')]))).to.equal('timeout')
      await runner.release()
      await drop()
      await dataSource.destroy()
    })
  })
}
