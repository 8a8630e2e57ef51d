import { type Context, start } from './site.js'

/** What the next request sees of what one request did, as JSON. */
export async function nextSees(act: (ctx: Context) => unknown, look: (ctx: Context) => unknown): Promise<unknown> {
  const { client } = await start({
    '/act': act,
    '/look': (ctx) => {
      ctx.body = { seen: look(ctx) }
    },
  })
  const visitor = client()
  await visitor.json('/act')
  const body = await visitor.json('/look')
  return (body as { seen?: unknown }).seen
}
