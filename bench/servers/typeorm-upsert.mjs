import { koaSession } from './koa-session.mjs'
import { typeOrmStore } from './stores/typeorm.mjs'

export default async () =>
  koaSession(await typeOrmStore('bench_typeorm_upsert', (repository, row) => repository.upsert(row, ['id'])))
