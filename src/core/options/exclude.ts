import { invalidOption } from '../validation.js'

/** What is asked of a request; Koa's context fits. */
export interface RequestFacts {
  readonly path: string
  readonly method: string
  /** The address that the request came from. */
  readonly ip: string
  /** The value of a header, or an empty string. */
  get(name: string): string
}

/** A path, which covers what is beneath it; a pattern of paths; or a function that tells whether a request is excluded. */
export type Exclusion = string | RegExp | ((request: RequestFacts) => boolean)

type Test = (request: RequestFacts) => boolean

/** Checks the option `exclude`, and makes one test of it; none if nothing is excluded. */
export function resolveExclude(exclude: Exclusion | readonly Exclusion[] = []): Test | null {
  const tests = [exclude].flat().map(toTest)
  if (tests.length === 0) return null
  return (request) => tests.some((test) => test(request))
}

function toTest(exclusion: unknown): Test {
  if (typeof exclusion === 'function') return exclusion as Test
  if (exclusion instanceof RegExp) return ({ path }) => path.search(exclusion) >= 0
  if (typeof exclusion === 'string' && exclusion.startsWith('/')) return isBeneath(exclusion)
  throw invalidOption(
    'exclude',
    JSON.stringify(exclusion) ?? String(exclusion),
    "a path that begins with '/', a RegExp, a function, or a list of them",
  )
}

function isBeneath(excluded: string): Test {
  const folder = excluded.endsWith('/') ? excluded : `${excluded}/`
  return ({ path }) => path === excluded || path.startsWith(folder)
}
