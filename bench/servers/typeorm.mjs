import { koaSession } from './koa-session.mjs'
import { typeOrmStore } from './stores/typeorm.mjs'

export default async () => koaSession(await typeOrmStore('bench_typeorm', (repository, row) => repository.save(row)))
