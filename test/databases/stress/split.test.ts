import { expect } from 'chai'
import { faults, logOf, row } from './samples.js'

/** The id `a` is replaced by `b` in request 3, and request 5 logs in with `a` all the same, and so splits `c` off. */
const log = logOf(
  { deed: 'begin' },
  { deed: 'count' },
  { deed: 'login', to: 'b' },
  { deed: 'count', from: 'b' },
  { deed: 'login', to: 'c', began: 200 },
  { deed: 'mark', from: 'a' },
)
const first = row({ k_2: 2, k_3: 3, k_4: 4, k_6: 6, hits: 2, points: 2, label: '3', last: 3 }, 'b')
const split = { ...row({ k_2: 2, k_5: 5, hits: 1, points: 1, label: '5', last: 5 }, 'c'), began: 200 }

describe('the checker of the stress test, of a session that split off', () => {
  it('expects in it what the other one was when its id was replaced', () => {
    expect(faults(log, first, split)).to.deep.equal([])
    const { k_2: _, ...others } = split.properties
    expect(faults(log, first, { ...split, properties: others })).to.deep.equal([
      'lost: the key of request 2 (count) in c',
    ])
    expect(faults(log, first, { ...split, properties: { ...split.properties, hits: 0 } })).to.deep.equal([
      'lost: hits is 0, not 1 to 1, in c',
    ])
  })

  it('expects nothing in it that only the new id opens', () => {
    const seeing = { ...split, properties: { ...split.properties, k_4: 4 } }
    expect(faults(log, first, seeing)).to.deep.equal(['leaked: the key k_4 in c'])
  })

  it('finds a response that gives an id which was replaced', () => {
    const given = [...log, ...logOf({ deed: 'read', n: 7, to: 'a', start: 90, end: 95 })]
    expect(faults(given, first, split)).to.deep.equal(['leaked: an id that was replaced, to request 7'])
  })

  it('lets it live when the other one logs out, and end with its user', () => {
    const loggedOut = [...log, ...logOf({ deed: 'logout', from: 'b', start: 90, end: 95 })]
    expect(faults(loggedOut, split)).to.deep.equal([])
    const revoked = [...log, ...logOf({ deed: 'revoke', from: undefined, start: 90, end: 95 })]
    expect(faults(revoked)).to.deep.equal([])
    expect(faults(revoked, split)).to.deep.equal(['revived: the row c of user 1'])
  })

  it('finds one that split from a session that was ended', () => {
    const ended = logOf({ deed: 'begin' }, { deed: 'logout' }, { deed: 'login', to: 'c', began: 200 })
    const late = { ...row({ k_3: 3, label: '3', last: 3 }, 'c'), began: 200 }
    expect(faults(ended, late)).to.deep.equal(['revived: user 1, for request 3 (login)'])
  })
})
