import { expect } from 'chai'
import fc from 'fast-check'
import { ObjectSnapshot } from '../../../src/core/properties/object-snapshot.js'

type Tree = Record<string, unknown>

describe('the imprint of an object that was handed out', () => {
  const tree = () => ({ a: 1, list: [{ b: null }, 'text'], deep: { c: { d: true, e: Number.NaN } } })

  it('tells that it is unchanged', () => {
    expect(new ObjectSnapshot(tree()).isUnchanged).to.equal(true)
    expect(new ObjectSnapshot([]).isUnchanged).to.equal(true)
    expect(new ObjectSnapshot(Object.assign(Object.create(null), { a: [1] })).isUnchanged).to.equal(true)
  })

  const changes: Record<string, (value: ReturnType<typeof tree> & Tree) => unknown> = {
    'a value': (v) => (v.a = 2),
    'a type': (v) => ((v as Tree).a = '1'),
    'a deep value': (v) => (v.deep.c.d = false),
    'the sign of a zero': (v) => (v.a = -0),
    'a new key': (v) => ((v.deep.c as Tree).f = undefined),
    'a key that is gone': (v) => delete (v as Tree).a,
    'the last key': (v) => delete (v.deep.c as Tree).e,
    'the order of keys': (v) => {
      delete (v as Tree).a
      v.a = 1
    },
    'a new item': (v) => v.list.push('new'),
    'an item that is gone': (v) => v.list.pop(),
    'the length of an array alone': (v) => (v.list.length = 3),
    'an item that was deleted': (v) => delete v.list[1],
    'a node in place of an equal one': (v) => (v.deep.c = { ...v.deep.c }),
    'a function': (v) => ((v.deep as Tree).toJSON = () => 1),
    'a prototype': (v) => Object.setPrototypeOf(v.deep.c, { toJSON: () => 1 }),
    'a node in place of a value': (v) => ((v as Tree).a = {}),
  }
  for (const [name, change] of Object.entries(changes)) {
    it(`notices ${name}`, () => {
      const value = name.startsWith('the sign') ? { ...tree(), a: 0 } : tree()
      const imprint = new ObjectSnapshot(value)
      change(value)
      expect(imprint.isUnchanged).to.equal(false)
    })
  }

  it('does not claim to know what dates, functions and instances of classes hold', () => {
    for (const item of [new Date(0), new Map(), new (class {})(), () => {}]) {
      expect(new ObjectSnapshot({ deep: [item] }).isUnchanged).to.equal(false)
      expect(new ObjectSnapshot(item).isUnchanged).to.equal(false)
    }
  })

  it('comes to an end where there are cycles, and names each node once', () => {
    const node: Tree = { shared: {} }
    node.self = node
    node.list = [node, node.shared, node.shared]
    const imprint = new ObjectSnapshot(node)
    expect([...imprint.nodes]).to.have.members([node, node.shared, node.list])
    expect(imprint.isUnchanged).to.equal(true)
    ;(node.shared as Tree).x = 1
    expect(imprint.isUnchanged).to.equal(false)
  })

  it('is never unchanged where JSON would be another', () => {
    const object = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()))
    const step = fc.tuple(fc.nat(), fc.nat(), fc.option(fc.jsonValue(), { nil: undefined }))
    fc.assert(
      fc.property(object, fc.array(step, { maxLength: 3 }), (generated, steps) => {
        const value = JSON.parse(JSON.stringify(generated))
        const before = JSON.stringify(value)
        const imprint = new ObjectSnapshot(value)
        for (const [nodeAt, keyAt, item] of steps) {
          const nodes = [...imprint.nodes] as Tree[]
          const node = nodes[nodeAt % nodes.length] as Tree
          const keys = Object.keys(node)
          const key = keys[keyAt % (keys.length + 1)] ?? 'new'
          if (item === undefined) delete node[key]
          else if (!Array.isArray(node) || key !== 'new') node[key] = item
        }
        if (imprint.isUnchanged) expect(JSON.stringify(value)).to.equal(before)
        else if (steps.length === 0) expect.fail('nothing has changed')
      }),
    )
  })
})
