import { expect } from 'chai'
import { faults, logOf, row } from './samples.js'

describe('the checker of the stress test', () => {
  it('finds nothing wrong with what is as it should be', () => {
    const log = logOf({ deed: 'begin' }, { deed: 'mark' }, { deed: 'count' }, { deed: 'push' }, { deed: 'label' })
    const good = row({ k_2: 2, k_3: 3, hits: 1, points: 1, cart: { items: [4] }, label: '5', last: 5 })
    expect(faults(log, good)).to.deep.equal([])
    expect(faults([...log, ...logOf({ deed: 'logout', start: 50, end: 55 })])).to.deep.equal([])
  })

  it('finds a lost key, and one that came back', () => {
    const log = logOf({ deed: 'begin' }, { deed: 'mark' })
    expect(faults(log, row())).to.deep.equal(['lost: the key of request 2 (mark) in a'])
    const dropped = logOf({ deed: 'begin' }, { deed: 'mark' }, { deed: 'drop', dropped: 2 })
    expect(faults(dropped, row())).to.deep.equal([])
    expect(faults(dropped, row({ k_2: 2 }))).to.deep.equal(['lost: the deletion of the key of request 2 in a'])
  })

  it('finds lost increments, of data and of columns', () => {
    const log = logOf({ deed: 'begin' }, { deed: 'count' }, { deed: 'count' })
    const keys = { k_2: 2, k_3: 3 }
    expect(faults(log, row({ ...keys, hits: 1, points: 2 }))).to.deep.equal(['lost: hits is 1, not 2 to 2, in a'])
    expect(faults(log, row({ ...keys, hits: 2, points: 1 }))).to.deep.equal(['lost: points is 1, not 2 to 2, in a'])
    expect(faults(log, row({ ...keys, hits: 3, points: 2 }))).to.deep.equal(['leaked: hits is 3, not 2 to 2, in a'])
  })

  it('lets requests count or not that were answered with an error', () => {
    const log = logOf({ deed: 'begin' }, { deed: 'count', outcome: 'refused' })
    expect(faults(log, row())).to.deep.equal([])
    expect(faults(log, row({ k_2: 2, hits: 1, points: 1 }))).to.deep.equal([])
    expect(faults(log, row({ hits: 2 }))).to.deep.equal(['leaked: hits is 2, not 0 to 1, in a'])
  })

  it('finds a lost item of a nested list, and one that is there twice', () => {
    const log = logOf({ deed: 'begin' }, { deed: 'push' })
    expect(faults(log, row())).to.deep.equal(['lost: the item of request 2 in a'])
    expect(faults(log, row({ cart: { items: [2, 2] } }))).to.deep.equal(['leaked: the item 2 in a'])
  })

  it('finds a lost column', () => {
    const log = logOf({ deed: 'begin' }, { deed: 'label' })
    expect(faults(log, row({ label: '1', last: 2 }))).to.deep.equal(['lost: label is 1, not one of 2 in a'])
    expect(faults(log, row({ label: '2', last: 2, userId: null }))).to.deep.equal(['lost: userId is null, not 1, in a'])
  })

  it('takes either value of two requests that overlapped', () => {
    const log = logOf({ deed: 'begin' }, { deed: 'label', end: 30 }, { deed: 'label' })
    for (const n of [2, 3]) expect(faults(log, row({ label: String(n), last: n }))).to.deep.equal([])
  })

  it('finds a lost session, and one that a request did not find', () => {
    expect(faults(logOf({ deed: 'begin' }))).to.deep.equal(['lost: the session of user 1'])
    const log = logOf({ deed: 'begin' }, { deed: 'read', outcome: 'gone' })
    expect(faults(log, row())).to.deep.equal(['lost: user 1, for request 2'])
  })

  it('finds a session that came back after a log-out, or a revocation', () => {
    for (const deed of ['logout', 'revoke'] as const) {
      const log = logOf({ deed: 'begin' }, { deed })
      expect(faults(log)).to.deep.equal([])
      expect(faults(log, row())).to.deep.equal(['revived: the row a of user 1'])
      const seen = [...log, ...logOf({ deed: 'read', n: 3, start: 30, end: 31 })]
      expect(faults(seen)).to.deep.equal(['revived: user 1, for request 3 (read)'])
    }
  })

  it('finds a row that nobody was told of, and a second one of a session', () => {
    const log = logOf({ deed: 'begin' }, { deed: 'login', to: 'b' })
    const now = row({ k_2: 2, label: '2', last: 2 }, 'b')
    expect(faults(log, now)).to.deep.equal([])
    expect(faults(log, now, row({}, 'c'))).to.deep.equal(['revived: c, a row that no response told of'])
    expect(faults(log, now, row({}, 'a'))).to.deep.equal(['revived: a, a second row of one session'])
  })
})
