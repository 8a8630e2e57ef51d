import { createHash, randomBytes, hash } from 'node:crypto'
import { DataSource } from 'typeorm'
import { typeOrmOptions } from '../databases.mjs'
import { makeApp } from './app.mjs'
export default async () => {
  const ds = new DataSource({ ...typeOrmOptions('postgres'), synchronize: false })
  await ds.initialize()
  await ds.query('DROP TABLE IF EXISTS bench_trial'); await ds.query('CREATE TABLE bench_trial (id text primary key, data text, expires timestamptz, version int)')
  let waiting = [], busy = 0
  const go = async () => {
    if (busy >= 2 || waiting.length === 0) return
    const b = waiting; waiting = []; busy++;
    const rows = await ds.query('SELECT id, data, version FROM bench_trial WHERE id = ANY($1)', [b.map((x) => x.id)])
    const m = new Map(rows.map((r) => [r.id, r])); for (const x of b) x.ok(m.get(x.id))
    busy--; go()
  }
  const load = (id) => new Promise((ok) => { waiting.push({ id, ok }); go() })
  let ww = [], wb = 0
  const wgo = async () => {
    if (wb >= 2 || ww.length === 0) return
    const b = ww; ww = []; wb++
    await ds.query('UPDATE bench_trial t SET data = v.data, version = t.version + 1 FROM unnest($1::text[], $2::text[], $3::int[]) v(id, data, version) WHERE t.id = v.id AND t.version = v.version RETURNING t.id', [b.map((x) => x.id), b.map((x) => x.data), b.map((x) => x.version)])
    for (const x of b) x.ok(); wb--; wgo()
  }
  const save = (id, data, version) => new Promise((ok) => { ww.push({ id, data, version, ok }); wgo() })
  return makeApp(async (ctx, next) => {
    const c = ctx.cookies.get('sid', { signed: false })
    let row, id, text
    if (c) { id = hash('sha256', c, 'hex'); row = await load(id) }
    text = row?.data ?? '{}'
    ctx.session = JSON.parse(text)
    await next()
    const after = JSON.stringify(ctx.session)
    if (after !== text) {
      if (row) { await save(id, after, row.version); ctx.cookies.set('sid', c, { signed: false, maxAge: 1e9 }) }
      else { const n = randomBytes(32).toString('base64url'); await ds.query('INSERT INTO bench_trial VALUES ($1,$2,now(),1)', [hash('sha256', n, 'hex'), after]); ctx.cookies.set('sid', n, { signed: false }) }
    }
  })
}
