import fc from 'fast-check'
import { classics, oversized } from './hostile-texts.js'

/** The ids that a cookie header may be made of. */
export interface Ids {
  /** It opens a session. */
  readonly valid: string
  /** They look like ids, and open nothing. */
  readonly others: readonly string[]
}

const idCharacters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const bytes = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code))
const codeUnits = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code))
const idText = (min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...idCharacters), minLength: min, maxLength: max })

const noise = fc.oneof(
  fc.string({ unit: bytes, maxLength: 120 }),
  fc.string({ unit: codeUnits, maxLength: 120 }),
  fc.string({ unit: 'binary', maxLength: 120 }),
  fc.string({ unit: fc.constantFrom(...' ;,="%\t\0\\sid'), maxLength: 60 }),
)

/** One change of a text at one place. */
function mutations(text: string): fc.Arbitrary<string> {
  const place = fc.integer({ min: 0, max: text.length })
  return fc
    .tuple(place, fc.oneof(bytes, codeUnits, fc.constantFrom('', '%', ';', '"', ' ', '\0')), fc.nat(4))
    .map(
      ([at, mark, how]) =>
        [
          text.slice(0, at) + mark + text.slice(at + 1),
          text.slice(0, at) + mark + text.slice(at),
          text.slice(0, at),
          text.slice(at),
          text.slice(0, at) + (text[at] ?? '').toUpperCase() + text.slice(at + 1).toLowerCase(),
        ][how] as string,
    )
}

function prefixed(text: string): fc.Arbitrary<string> {
  const encoded = Array.from(text, (letter) => `%${letter.charCodeAt(0).toString(16)}`).join('')
  const forms = [`"${text}"`, `"${text}`, `'${text}'`, ` ${text}`, `${text} `, `\t${text}`, encoded, `%22${text}%22`]
  const signed = [`s:${text}.c2ln`, `s%3A${text}.c2ln`, `${text}.c2ln`, `sess:${text}`, `${text}\0`, text + text]
  return fc.constantFrom(...forms, ...signed, `~${text.slice(1)}`, `%${text}`, Buffer.from(text).toString('base64'))
}

function values({ valid, others }: Ids): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(valid) },
    { weight: 5, arbitrary: mutations(valid) },
    { weight: 3, arbitrary: prefixed(valid) },
    { weight: 2, arbitrary: fc.constantFrom(...others) },
    { weight: 2, arbitrary: fc.constantFrom(...others).chain(prefixed) },
    { weight: 3, arbitrary: idText(22, 86) },
    { weight: 2, arbitrary: fc.oneof(idText(0, 21), idText(87, 200)) },
    { weight: 2, arbitrary: noise },
    { weight: 2, arbitrary: classics },
    { weight: 1, arbitrary: oversized },
  )
}

const names = fc.oneof(
  { weight: 12, arbitrary: fc.constant('sid') },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      '__Host-sid',
      '__Secure-sid',
      'SID',
      'sid ',
      ' sid',
      '\tsid',
      'sid.sig',
      '$sid',
      'sid[]',
      's%69d',
      'xsid',
      '',
      '__proto__',
      'path',
      '\0sid',
    ),
  },
  { weight: 1, arbitrary: noise },
)

/** Cookie headers of every kind: valid ones, nearly valid ones, duplicates, and bytes that are none at all. */
export function cookieHeaders(ids: Ids): fc.Arbitrary<string> {
  const pair = fc
    .tuple(names, fc.constantFrom('=', '=', '=', '=', '=', '==', '', ' = '), values(ids))
    .map((parts) => parts.join(''))
  const separator = fc.constantFrom('; ', '; ', '; ', ';', ';;', ' ; ', ', ', '\t', '\0', '&')
  const list = fc.tuple(fc.array(pair, { maxLength: 5 }), separator).map(([pairs, mark]) => pairs.join(mark))
  const plain = values(ids).map((value) => `sid=${value}`)
  return fc.oneof(
    { weight: 6, arbitrary: plain },
    { weight: 6, arbitrary: list },
    { weight: 2, arbitrary: noise },
    { weight: 1, arbitrary: list.chain(mutations) },
  )
}
