import { type Answer, answer } from './answer.js'
import type { HostBase, HostRequest } from './host.js'
import type { StoreCalls } from './store-calls.js'

type Data = Record<string, unknown>

/** A store that extends the host's own class of stores, and passes on what the host asks for. */
export function storeOf(Base: new () => HostBase, calls: StoreCalls): HostBase {
  class ModelStore extends Base {
    get(id: string, callback?: Answer<Data | undefined>): void {
      answer(() => calls.get(id), callback)
    }

    set(id: string, session: unknown, callback?: Answer<void>): void {
      answer(() => calls.set(id, session), callback)
    }

    touch(id: string, session: unknown, callback?: Answer<void>): void {
      answer(() => calls.touch(id, session), callback)
    }

    destroy(id: string, callback?: Answer<void>): void {
      answer(() => calls.destroy(id), callback)
    }

    all(callback?: Answer<Data[]>): void {
      answer(() => calls.all(), callback)
    }

    length(callback?: Answer<number>): void {
      answer(() => calls.length(), callback)
    }

    clear(callback?: Answer<void>): void {
      answer(() => calls.clear(), callback)
    }

    override createSession(request: HostRequest, data: Data): object {
      const loaded = calls.loadedFrom(data)
      if (loaded) Object.setPrototypeOf(data, Object.prototype)
      const made = data.cookie === undefined ? newCookie(this, request) : undefined
      data.cookie ??= { ...made }
      const session = super.createSession(request, data)
      if (!loaded) return session
      const untaken = Object.entries(data).filter(
        ([name]) => !Object.prototype.propertyIsEnumerable.call(session, name),
      )
      for (const [name] of untaken) delete data[name]
      loaded.complete(Object.fromEntries(untaken), made)
      calls.add(session, loaded)
      return session
    }
  }
  return new ModelStore()
}

/** The cookie that the host would make for a new session of this request. The request is left as it is. */
function newCookie(store: HostBase, request: HostRequest): object | undefined {
  const scratch: HostRequest = Object.create(request)
  scratch.headers ??= {}
  store.generate?.(scratch)
  const cookie = scratch.session?.cookie
  return cookie && JSON.parse(JSON.stringify(cookie))
}
