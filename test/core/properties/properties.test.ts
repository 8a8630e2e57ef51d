import { mock } from 'node:test'
import { expect } from 'chai'
import { jsonSerializer } from '../../../src/core/codec/serializer.js'
import { noMeta, type StoredRow } from '../../../src/core/codec/session-meta.js'
import { Properties } from '../../../src/core/properties/properties.js'
import { reservedNames } from '../../../src/core/properties/property-names.js'
import { expectError } from '../../support/errors.js'

const columns = [
  { name: 'userId', initial: () => null },
  { name: 'role', initial: () => 'guest' },
  { name: 'tags', initial: () => null },
]
const schema = {
  columns: new Map(columns.map((column) => [column.name, column])),
  serializer: jsonSerializer,
  textOf: ({ data }: StoredRow) => data,
  emptyText: '{}',
  now: () => new Date(),
}

function rowWith(data: object | string, values: Record<string, unknown> = {}): StoredRow {
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  const base = { userId: null, role: 'guest', tags: null }
  return {
    id: 'x',
    data: text,
    expires: new Date(),
    createdAt: null,
    version: 1,
    meta: noMeta,
    columns: { ...base, ...values },
  }
}

function changesOf(data: object | string, change: (properties: Properties) => void): Record<string, unknown> {
  const properties = new Properties(schema, rowWith(data, { tags: ['a'] }))
  change(properties)
  return Object.fromEntries(Array.from(properties.changes().byName, ([name, { mine }]) => [name, mine]))
}

describe('the properties of a session', () => {
  it('are the columns and the data keys', () => {
    const properties = new Properties(schema, rowWith({ cart: [1] }, { userId: 42 }))
    expect(properties.get('userId')).to.equal(42)
    expect(properties.get('cart')).to.deep.equal([1])
    expect(properties.names()).to.have.members(['userId', 'role', 'tags', 'cart'])
    expect(properties.has('cart')).to.equal(true)
    expect(properties.has('toString')).to.equal(false)
  })

  it('begin with the defaults of the columns', () => {
    const properties = new Properties(schema)
    expect(properties.get('role')).to.equal('guest')
    expect(properties.get('userId')).to.equal(null)
    expect(properties.changes().byName.size).to.equal(0)
  })

  it('notice what is set, replaced inside and deleted, and nothing else', () => {
    expect(changesOf({ a: 1, b: { c: [1] }, d: 1 }, () => {})).to.deep.equal({})
    expect(changesOf({ a: 1 }, (p) => p.set('a', 1))).to.deep.equal({})
    expect(changesOf({ a: 1 }, (p) => p.set('a', 0))).to.deep.equal({ a: 0 })
    expect(changesOf({ b: { c: [1] } }, (p) => (p.get('b') as { c: number[] }).c.push(2))).to.deep.equal({
      b: { c: [1, 2] },
    })
    expect(changesOf({ d: 1 }, (p) => p.remove('d'))).to.deep.equal({ d: undefined })
    expect(changesOf({}, (p) => (p.get('tags') as string[]).push('b'))).to.deep.equal({ tags: ['a', 'b'] })
    expect(changesOf({}, (p) => p.remove('tags'))).to.deep.equal({ tags: null })
  })

  it('take other spacing or order of the text for no change', () => {
    expect(changesOf('{ "b" : 1,\n "a": [ 1 ] }', (p) => p.get('a'))).to.deep.equal({})
  })

  it('do not serialize data that nobody read', () => {
    const silent = { ...jsonSerializer, serialize: () => expect.fail('serialized') }
    const properties = new Properties({ ...schema, serializer: silent }, rowWith({ a: 1 }))
    properties.set('userId', 1)
    expect(properties.changes().data).to.equal(undefined)
  })

  it('do not read corrupt data before somebody asks for it', async () => {
    const properties = new Properties(schema, rowWith('{corrupt', { userId: 42 }))
    expect(properties.get('userId')).to.equal(42)
    await expectError('DATA_CORRUPT', () => properties.get('cart'))
    await expectError('DATA_CORRUPT', () => properties.set('cart', 1))
    properties.replace({ cart: 1 })
    await expectError('DATA_CORRUPT', () => properties.changes())
  })

  it('are replaced as a whole: columns that are not named go back to their defaults', () => {
    const properties = new Properties(schema, rowWith({ a: 1, b: 2 }, { userId: 42, role: 'admin' }))
    properties.replace({ b: 3 })
    expect({ ...properties.toObject() }).to.deep.equal({ userId: null, role: 'guest', tags: null, b: 3 })
  })

  it('can be replaced by themselves', () => {
    const properties = new Properties(schema, rowWith({ a: 1 }, { userId: 42 }))
    properties.replace(properties.toObject())
    expect(properties.changes().byName.size).to.equal(0)
  })

  for (const name of reservedNames) {
    it(`cannot be named ${name}`, async () => {
      const properties = new Properties(schema)
      const error = await expectError('NAME_RESERVED', () => properties.set(name, 1))
      expect(error.message).to.contain(`'${name}'`)
      await expectError('NAME_RESERVED', () => properties.replace({ ok: 1, [name]: 1 }))
      expect(properties.has('ok')).to.equal(false)
    })
  }

  it('refuse functions at once, in columns too', async () => {
    const properties = new Properties(schema)
    for (const name of ['cart', 'userId'])
      await expectError('DATA_NOT_SERIALIZABLE', () => properties.set(name, () => 1))
  })

  it('forget what is set to undefined', () => {
    expect(changesOf({ a: 1 }, (p) => p.set('a', undefined))).to.deep.equal({ a: undefined })
    expect(changesOf({ a: 1 }, (p) => p.set('role', undefined))).to.deep.equal({})
  })

  it('count only what came after a write as changed', () => {
    const properties = new Properties(schema, rowWith({ a: 1 }))
    properties.set('a', 2)
    properties.set('userId', 1)
    const changes = properties.changes()
    properties.set('userId', 2)
    properties.set('b', 1)
    properties.accept(changes)
    expect([...properties.changes().byName.keys()]).to.have.members(['userId', 'b'])
  })
})

describe('replaying changes on a fresh row', () => {
  function replay(change: (properties: Properties) => void, fresh: StoredRow, merge = {}): Record<string, unknown> {
    const properties = new Properties(schema, rowWith({ a: 1, b: 1, list: [1] }, { userId: 1 }))
    change(properties)
    return { ...properties.replay(fresh, properties.changes(), merge).toObject() }
  }

  it('keeps both, where the keys differ', () => {
    const fresh = rowWith({ a: 1, b: 2, list: [1] }, { userId: 1, role: 'admin' })
    expect(replay((p) => p.set('a', 2), fresh)).to.deep.include({ a: 2, b: 2, role: 'admin' })
    expect(replay((p) => p.set('userId', 7), fresh)).to.deep.include({ userId: 7, role: 'admin', b: 2 })
  })

  it('lets the later commit win one key, and deletions too', () => {
    expect(replay((p) => p.set('a', 3), rowWith({ a: 2 }))).to.deep.include({ a: 3 })
    expect(replay((p) => p.remove('a'), rowWith({ a: 2 }))).not.to.have.property('a')
    expect(replay((p) => p.set('a', 3), rowWith({}))).to.deep.include({ a: 3 })
  })

  it('asks merge where both changed one key, and only there', () => {
    const merge = {
      list: (_: unknown, mine: unknown, theirs: unknown) => [...(theirs as []), ...(mine as []).slice(1)],
    }
    const push = (p: Properties) => (p.get('list') as number[]).push(3)
    expect(replay(push, rowWith({ list: [1, 2] }), merge).list).to.deep.equal([1, 2, 3])
    expect(replay(push, rowWith({ list: [1] }), merge).list).to.deep.equal([1, 3])
    expect(replay((p) => p.set('a', 2), rowWith({ list: [1, 2] }), merge).list).to.deep.equal([1, 2])
  })
})

describe('what a commit looks at', () => {
  afterEach(() => mock.restoreAll())

  /** What is serialized and parsed, in order. */
  function watched(columnValues: Record<string, unknown> = {}) {
    const serialized: object[] = []
    const parsed: string[] = []
    const { serialize, deserialize } = jsonSerializer
    mock.method(jsonSerializer, 'serialize', (data: Record<string, unknown>) => {
      serialized.push({ ...data })
      return serialize(data)
    })
    mock.method(jsonSerializer, 'deserialize', (text: string) => {
      parsed.push(text)
      return deserialize(text)
    })
    const properties = new Properties(schema, rowWith({ a: 1, list: [1], big: { x: 1 } }, columnValues))
    return { serialized, parsed, properties }
  }

  it('is nothing, where only text and numbers were read', () => {
    const { serialized, properties } = watched()
    expect(properties.get('a')).to.equal(1)
    expect(properties.has('list')).to.equal(true)
    expect(properties.changes().byName.size).to.equal(0)
    expect(serialized).to.deep.equal([])
  })

  it('is only what was given, as long as that is unchanged: nothing is serialized', () => {
    const { serialized, properties } = watched()
    properties.get('list')
    expect(properties.changes().byName.size).to.equal(0)
    expect(serialized).to.deep.equal([])
  })

  it('is all, where what was given holds more than a look can compare', () => {
    const { serialized, properties } = watched()
    const big = properties.get('big') as Record<string, unknown>
    big.x = new Date(0)
    expect([...properties.changes().byName.keys()]).to.deep.equal(['big'])
    expect(serialized).to.have.length(2)
  })

  it('is only what was set, where that was no object: the row is parsed once, and the data serialized once', () => {
    const { serialized, parsed, properties } = watched()
    properties.set('a', 1)
    properties.set('b', 2)
    properties.remove('c')
    expect(properties.changes().byName.size).to.equal(1)
    properties.remove('b')
    expect(properties.changes().byName.size).to.equal(0)
    expect([parsed.length, serialized.length]).to.deep.equal([1, 1])
    properties.set('a', [1])
    properties.set('a', 3)
    properties.remove('list')
    const changes = properties.changes()
    expect([...changes.byName]).to.deep.include.members([
      ['a', { base: 1, mine: 3 }],
      ['list', { base: [1], mine: undefined }],
    ])
    expect(changes.data).to.equal('{"a":3,"big":{"x":1}}')
  })

  it('is all, where something that was given has changed, and it tells only that', () => {
    const { properties } = watched()
    ;(properties.get('list') as number[]).push(2)
    properties.get('big')
    expect([...properties.changes().byName]).to.deep.equal([['list', { base: [1], mine: [1, 2] }]])
  })

  it('is not changed by what is there already, also where a serializer stores more than JSON', () => {
    const serializer = {
      serialize: (data: object) =>
        JSON.stringify(data, (_, value) => (typeof value === 'bigint' || Number.isNaN(value) ? String(value) : value)),
      deserialize: (text: string) => JSON.parse(text, (_, value) => (value === 'NaN' ? Number.NaN : value)),
    }
    const properties = new Properties({ ...schema, serializer }, rowWith({ big: '5', none: 'NaN' }))
    properties.set('big', 5n)
    properties.set('none', Number.NaN)
    expect(properties.changes()).to.deep.include({ data: undefined })
    expect(properties.changes().byName.size).to.equal(0)
    properties.set('big', 6n)
    expect(properties.changes().data).to.equal('{"big":"6","none":"NaN"}')
  })

  it('is all that a serializer stores of an object, also what JSON does not know', () => {
    const mark = Symbol('mark')
    type Doc = { [mark]?: unknown; at?: Date }
    const serializer = {
      serialize: ({ doc }: { doc?: Doc }) => JSON.stringify({ mark: doc?.[mark], at: doc?.at?.getTime() }),
      deserialize: (text: string) => {
        const { mark: value, at } = JSON.parse(text) as { mark: unknown; at?: number }
        return { doc: { [mark]: value, ...(at !== undefined && { at: new Date(at), f: () => at }) } }
      },
    }
    const marked = new Properties({ ...schema, serializer }, rowWith({ mark: 1 }))
    ;(marked.get('doc') as Doc)[mark] = 2
    expect(marked.changes().data).to.equal('{"mark":2}')
    const read = new Properties({ ...schema, serializer }, { ...rowWith({}), data: '{ "at": 5, "mark": 1 }' })
    const doc = read.get('doc') as Doc
    expect(read.changes().byName.size).to.equal(0)
    doc.at?.setTime(6)
    expect(read.changes().data).to.equal('{"mark":1,"at":6}')
  })

  it('is not the data, where an object of a column was given', () => {
    const { serialized, properties } = watched({ tags: new Date(0) })
    expect(properties.get('tags')).to.deep.equal(new Date(0))
    expect(properties.get('a')).to.equal(1)
    expect(properties.changes().byName.size).to.equal(0)
    expect(serialized).to.deep.equal([])
  })

  it('finds a change that takes a written one back', () => {
    const { properties } = watched()
    const list = properties.get('list') as number[]
    list.push(2)
    properties.accept(properties.changes())
    expect(properties.changes().byName.size).to.equal(0)
    list.pop()
    expect([...properties.changes().byName]).to.deep.equal([['list', { base: [1, 2], mine: [1] }]])
  })

  it('finds what JSON cannot hold', () => {
    const { properties } = watched()
    ;(properties.get('big') as Record<string, unknown>).f = () => {}
    expectError('DATA_NOT_SERIALIZABLE', () => properties.changes())
  })
})
