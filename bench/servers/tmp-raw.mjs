import { DataSource } from 'typeorm'
import { session, sessionBackend } from '../../dist/src/index.js'
import { createSessionModel } from '../../dist/src/typeorm/index.js'
import { typeOrmOptions } from '../databases.mjs'
import { makeApp } from './app.mjs'
export default async function () {
  const ds = new DataSource(typeOrmOptions('postgres'))
  const model = createSessionModel(ds, 'bench_ours_typeorm')
  await ds.initialize()
  const backend = model[sessionBackend]()
  const epoch = new Date(Date.now() + 14 * 86400e3)
  backend.find = async (ids) => {
    const rows = await ds.query('SELECT id, data, version FROM bench_ours_typeorm WHERE id = ANY($1)', [ids])
    for (const r of rows) { r.expires = epoch; r.createdAt = epoch; r.columns = {} }
    return rows
  }
  return makeApp(session({ backend, cleanup: false }))
}
