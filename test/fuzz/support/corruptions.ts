import fc from 'fast-check'
import { edits } from './edits.js'
import { takeApart, withMeta } from './stored-text.js'

/** What an attacker who writes to the table makes of the data of a row; `other` is that of another row. */
export interface Corruption {
  readonly name: string
  apply(data: string, other: string): string
}

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const junk = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 40,
})

/** The parts of the data that are edited: the whole text, the base64, the bytes in it, the meta data. */
const parts: Readonly<
  Record<string, (data: string, other: string, edit: (text: string, other: string) => string) => string>
> = {
  text: (data, other, edit) => edit(data, other),
  base64: (data, other, edit) => takeApart(data).head + edit(takeApart(data).body, takeApart(other).body),
  bytes: (data, other, edit) =>
    takeApart(data).head + toBase64(edit(toBytes(takeApart(data).body), toBytes(takeApart(other).body))),
  head: (data, other, edit) => edit(takeApart(data).head, takeApart(other).head) + takeApart(data).body,
}

function toBytes(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1')
}

function toBase64(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('base64')
}

const edited: fc.Arbitrary<Corruption> = fc
  .tuple(fc.constantFrom(...Object.keys(parts)), fc.constantFrom(...edits), place, place, junk)
  .map(([part, [name, edit], a, b, mark]) => ({
    name: `${part}: ${name}`,
    apply: (data, other) => parts[part]?.(data, other, (text, another) => edit(text, another, a, b, mark)) ?? data,
  }))

/** The same bytes, written otherwise, and other borders between the meta data and the text. */
const rewritten: readonly Corruption[] = [
  ['no padding', (head: string, body: string) => head + body.replace(/=+$/, '')],
  ['more padding', (head: string, body: string) => `${head + body}=`],
  ['the alphabet of URLs', (head: string, body: string) => head + body.replaceAll('+', '-').replaceAll('/', '_')],
  ['line breaks', (head: string, body: string) => head + body.replace(/.{64}/g, '$&\n')],
  ['a comma for the brace', (head: string, body: string) => `${head.slice(0, -1)},${body}`],
  ['one more brace', (head: string, body: string) => `${head}}${body}`],
  ['as a property', (head: string, body: string) => `${head.slice(0, -1)},"text":"${body}"}`],
  ['as a JSON text', (head: string, body: string) => `${head}"${body}"`],
  ['nothing but the head', (head: string) => head],
  ['nothing but the base64', (_: string, body: string) => body],
  ['two heads', (head: string, body: string) => head + head + body],
  ['hex', (head: string, body: string) => head + Buffer.from(body, 'base64').toString('hex')],
].map(([name, apply]) => {
  const write = apply as (head: string, body: string) => string
  return { name: `rewritten: ${String(name)}`, apply: (data) => write(takeApart(data).head, takeApart(data).body) }
})

/** Other meta data: without the key, with another one, and with values of any type. */
function metaChanges(keys: readonly string[]): fc.Arbitrary<Corruption> {
  const names = fc.constantFrom(
    'key',
    'key',
    'key',
    'maxAge',
    'authenticatedAt',
    'trace',
    'traceKey',
    'snapshot',
    'former',
    'formerAt',
    'replacedAt',
    'lock',
    '__proto__',
  )
  const ids = fc.oneof(fc.constantFrom(...keys), fc.stringMatching(/^[0-9a-f]{16}$/))
  const value = fc.oneof(
    fc.constant(undefined),
    ids,
    fc.jsonValue({ maxDepth: 1 }),
    fc.integer(),
    fc.constantFrom(null, true, ''),
  )
  return fc.tuple(names, value).map(([name, value]) => ({
    name: `meta data: ${name}${value === undefined ? ' removed' : ''}`,
    apply: (data) => {
      const { head, body } = takeApart(data)
      return (
        withMeta(head, (meta) =>
          Object.fromEntries([...Object.entries(meta).filter(([key]) => key !== name), [name, value]]),
        ) + body
      )
    },
  }))
}

/** All of them. `keys` are the ids of keys that exist. */
export function corruptions(keys: readonly string[]): fc.Arbitrary<Corruption> {
  return fc.oneof(
    { weight: 6, arbitrary: edited },
    { weight: 1, arbitrary: fc.constantFrom(...rewritten) },
    { weight: 2, arbitrary: metaChanges(keys) },
  )
}
