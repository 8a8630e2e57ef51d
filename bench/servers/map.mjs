import { koaSession } from './koa-session.mjs'

export default function makeServer() {
  const sessions = new Map()
  return koaSession({
    get: (key) => sessions.get(key),
    set: (key, session) => void sessions.set(key, session),
    destroy: (key) => void sessions.delete(key),
  })
}
