import Koa from 'koa'
import koaSession from 'koa-session'
import { Column, DataSource, Entity, PrimaryColumn, type Repository } from 'typeorm'
import type { App } from './app.js'
import { perform } from './deeds.js'
import type { Deed, FinalRow } from './log.js'
import { orderOf } from './order.js'
import { shared } from './typeorm.js'

/** What the rival keeps of a session. */
interface Stored {
  id: string
  data: string
}

/** The table of koa-session's sessions: all that they hold is one text. */
export async function openRival(file: string, table: string): Promise<DataSource> {
  @Entity(table)
  class KoaSession implements Stored {
    @PrimaryColumn({ type: 'varchar' }) id!: string
    @Column({ type: 'text' }) data!: string
  }
  const options = shared({ type: 'better-sqlite3', database: file, entities: [KoaSession], synchronize: true })
  return new DataSource(options).initialize()
}

/** The app on koa-session with a plain store, as its guide has it: each request writes the whole session back. */
export async function createRival(file: string, table: string): Promise<App & { close(): Promise<void> }> {
  const source = await openRival(file, table)
  const repository = source.getRepository<Stored>(table)
  const koa = new Koa()
  koa.use(tellWhenBegan)
  koa.use(koaSession({ key: 'sid', signed: false, store: storeIn(repository) }, koa))
  koa.use((ctx) => act(ctx, repository))
  return { koa, counts: { conflicts: 0 }, close: () => source.destroy() }
}

/** What its table holds. */
export async function rivalRows(source: DataSource, table: string): Promise<FinalRow[]> {
  const rows = await source.getRepository<Stored>(table).find()
  return rows.map(({ id, data }) => {
    const properties = JSON.parse(data)
    return { id, began: properties.began, properties }
  })
}

function storeIn(repository: Repository<Stored>) {
  return {
    get: async (id: string) => {
      const row = await repository.findOneBy({ id })
      return row ? JSON.parse(row.data) : undefined
    },
    set: async (id: string, session: object) => void (await repository.save({ id, data: JSON.stringify(session) })),
    destroy: async (id: string) => void (await repository.delete({ id })),
  }
}

async function tellWhenBegan(ctx: Koa.Context, next: Koa.Next): Promise<void> {
  await next()
  ctx.body = { ...(ctx.body as object), began: ctx.session?.began }
}

async function act(ctx: Koa.Context, repository: Repository<Stored>): Promise<void> {
  const deed = ctx.path.slice(1) as Deed
  const { session } = ctx
  ctx.status = session.isNew && deed !== 'begin' && deed !== 'revoke' ? 410 : 200
  ctx.body = {}
  if (ctx.status === 410) return
  const subject = {
    session,
    update: async (change: (session: Record<string, unknown>) => void) => change(session),
    login: () => session.regenerate(),
    logout: () => {
      ctx.session = null
    },
    revoke: (user: number) => revoke(repository, user),
  }
  ctx.body = { dropped: await perform(deed, subject, orderOf(ctx.query)) }
}

/** Without columns, all sessions are read to find those of a user. */
async function revoke(repository: Repository<Stored>, user: number): Promise<void> {
  const rows = await repository.find()
  const theirs = rows.filter(({ data }) => JSON.parse(data).userId === user)
  if (theirs.length > 0) await repository.delete(theirs.map(({ id }) => id))
}
