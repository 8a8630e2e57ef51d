import { fewestIdBytes, mostIdBytes } from '../codec/id.js'
import { jsonSerializer, type Serializer } from '../codec/serializer.js'
import type { MergeFunction } from '../properties/change-set.js'
import { check, isBoolean, isFunction, oneOf } from '../validation.js'
import { type Duration, toMilliseconds } from './duration.js'
import {
  isByteCount,
  isCookieName,
  isGrace,
  isIdBytes,
  isMerge,
  isPropertyName,
  isSerializer,
  isShare,
  isTimerDelay,
} from './option-checks.js'
import type { RequestOutcome } from './options.js'

/** One option by itself: its default, what it takes, and how a value of it is checked. */
export interface OptionSpec<Given, Resolved = Given> {
  readonly default: Given
  /** The end of the sentence "Give …", for whoever gave something else. */
  readonly takes: string
  /** The value that counts: what was given, else the default. Throws `OPTION_INVALID`. */
  resolve(option: string, given: Given | undefined): Resolved
}

/** An option whose value counts as it is given. */
function plain<Value>(
  defaultValue: Value,
  passes: (value: unknown) => value is Value,
  takes: string,
): OptionSpec<Value> {
  return {
    default: defaultValue,
    takes,
    resolve: (option, given) => check(option, given ?? defaultValue, passes, takes),
  }
}

/** A time, which is given in milliseconds or as text such as `'14d'`, and counts in milliseconds. */
function time(
  defaultValue: Duration,
  passes: (value: unknown) => value is number,
  takes: string,
  { mayBeZero = false } = {},
): OptionSpec<Duration, number> {
  const resolve = (option: string, given: Duration = defaultValue): number =>
    mayBeZero && given === 0 ? 0 : check(option, toMilliseconds(option, given), passes, takes)
  return { default: defaultValue, takes, resolve }
}

/** What is a time is checked before. */
const isAnyTime = (value: unknown): value is number => typeof value === 'number'
const mebibyte = 1024 * 1024

function isNoServerError({ status }: RequestOutcome): boolean {
  return status < 500
}

/** The options that depend on no other one. `docs/getting-started.md` has the same defaults, which a test compares. */
export const optionSpecs = {
  key: plain<string>('sid', isCookieName, "a cookie name such as 'sid': letters, digits and !#$%&'*+-.^_`|~"),
  property: plain('session', isPropertyName, "a name such as 'session'"),
  maxAge: time('14d', isAnyTime, "milliseconds, or text such as '14d'"),
  rolling: plain(true, isBoolean, 'true or false'),
  touchAfter: plain(0.1, isShare, 'a number from 0 to 1'),
  grace: time('10s', isGrace, 'at most 10 minutes', { mayBeZero: true }),
  timeout: time('10s', isTimerDelay, 'at most 14 days'),
  load: plain<'eager' | 'lazy'>('eager', oneOf('eager', 'lazy'), "'eager' or 'lazy'"),
  keepChanges: plain<(outcome: RequestOutcome) => boolean>(
    isNoServerError,
    isFunction<(outcome: RequestOutcome) => boolean>,
    'a function ({ status, error }) => boolean',
  ),
  onGone: plain<'ignore' | 'throw'>('ignore', oneOf('ignore', 'throw'), "'ignore' or 'throw'"),
  maxDataBytes: plain(mebibyte, isByteCount, 'a whole number from 2 to 2 GiB'),
  idBytes: plain(32, isIdBytes, `a whole number from ${fewestIdBytes} to ${mostIdBytes}`),
  hashIds: plain(true, isBoolean, 'true or false'),
  serializer: plain<Serializer>(
    jsonSerializer,
    isSerializer,
    'an object whose functions serialize and deserialize turn a plain object into text and back, at once',
  ),
  merge: plain<Readonly<Record<string, MergeFunction>>>(
    {},
    isMerge,
    'an object of functions (base, mine, theirs) => value',
  ),
} as const
