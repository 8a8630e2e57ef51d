import { PassThrough } from 'node:stream'
import { livePage } from '../pages/live.js'
import type { DeviceRouter, Services } from './router.js'
import { loggedIn, show } from './visitor.js'

/** The time after which a comment is sent, so that no proxy takes the connection for dead. */
const heartbeat = 15_000

export function addLive(router: DeviceRouter, { manager, accounts }: Services): void {
  router.get('/live', async (ctx) => {
    const account = await loggedIn(ctx, accounts)
    if (account) await show(ctx, livePage({ account }))
  })

  /** Server-sent events. The stream ends with the session, whoever ends it: this browser, another one, the administrator. */
  router.get('/live/events', async (ctx) => {
    if (ctx.session.accountId === null) ctx.throw(401, 'Log in first.')
    const watch = await manager.watch(ctx.session, { every: '5s' })
    const stream = new PassThrough()
    ctx.type = 'text/event-stream'
    ctx.set('X-Accel-Buffering', 'no')
    ctx.body = stream
    stream.write('event: open\ndata: {}\n\n')
    const timer = setInterval(() => stream.write(': still here\n\n'), heartbeat)
    watch.signal.addEventListener('abort', () => {
      stream.end(`event: ended\ndata: ${JSON.stringify({ reason: watch.reason })}\n\n`)
    })
    stream.on('close', () => {
      clearInterval(timer)
      watch.stop()
    })
  })
}
