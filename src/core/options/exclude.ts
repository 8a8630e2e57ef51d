import { invalidOption } from '../validation.js'

/** The facts of a request that the option `exclude` may look at. Koa's context fits. */
export interface RequestFacts {
  readonly path: string
  readonly method: string
  /** The IP address of the client. */
  readonly ip: string
  /** The value of a header, or an empty string. */
  get(name: string): string
}

/** The requests that get no session: a path with all paths beneath it, a pattern for paths, or a function that decides. */
export type Exclusion = string | RegExp | ((request: RequestFacts) => boolean)

type Test = (request: RequestFacts) => boolean

/** Checks the option `exclude` and makes one test of it; `null` if it excludes nothing. An error says what it `takes`. */
export function resolveExclude(exclude: Exclusion | readonly Exclusion[] | undefined, takes: string): Test | null {
  const tests = [exclude === undefined ? [] : exclude].flat().map((exclusion) => toTest(exclusion, takes))
  if (tests.length === 0) return null
  return (request) => tests.some((test) => test(request))
}

function toTest(exclusion: unknown, takes: string): Test {
  if (typeof exclusion === 'function') return exclusion as Test
  if (exclusion instanceof RegExp) return ({ path }) => path.search(exclusion) >= 0
  if (typeof exclusion === 'string' && exclusion.startsWith('/')) return isBeneath(exclusion)
  throw invalidOption('exclude', JSON.stringify(exclusion) ?? String(exclusion), takes)
}

function isBeneath(excluded: string): Test {
  const folder = excluded.endsWith('/') ? excluded : `${excluded}/`
  return ({ path }) => path === excluded || path.startsWith(folder)
}
