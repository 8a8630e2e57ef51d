import { expect } from 'chai'
import type { Finding } from '../../src/cli/doctor/check.js'
import { judgeBacklog } from '../../src/cli/doctor/checks/backlog.js'
import { judgeCookie } from '../../src/cli/doctor/checks/cookie.js'
import { judgeGalera } from '../../src/cli/doctor/checks/galera.js'
import { judgeIsolation } from '../../src/cli/doctor/checks/isolation.js'
import { judgeMoment } from '../../src/cli/doctor/checks/moments.js'
import { judgePool } from '../../src/cli/doctor/checks/pool.js'
import { judgeReads } from '../../src/cli/doctor/checks/read-after-write.js'
import { judgeVacuum } from '../../src/cli/doctor/checks/vacuum.js'

const levels = (findings: readonly Finding[] | undefined): string[] | undefined => findings?.map(({ level }) => level)
const column = (type: string, extra = '') => ({ name: 'expires', type, extra, charset: null, collation: null })

describe('the judgements of the doctor', () => {
  it('wsrep_sync_wait must have 1 and 2, in a cluster only', () => {
    expect(judgeGalera({})).to.equal(undefined)
    expect(judgeGalera({ wsrep_on: 'OFF', wsrep_sync_wait: '0' })).to.equal(undefined)
    expect(judgeGalera({ wsrep_on: 'ON', wsrep_sync_wait: '0' })?.[0]?.problem).to.contain(
      'a login on one node is unknown',
    )
    expect(judgeGalera({ wsrep_on: 'ON', wsrep_sync_wait: '1' })?.[0]?.problem).to.contain(
      'may leave the session alive',
    )
    for (const wait of ['3', '7', '15'])
      expect(judgeGalera({ wsrep_on: 'ON', wsrep_sync_wait: wait })).to.deep.equal([])
  })

  it('a pool needs two connections, and fewer than the server has', () => {
    expect(levels(judgePool(1, 100))).to.deep.equal(['warning'])
    expect(levels(judgePool(10, 100))).to.deep.equal([])
    expect(levels(judgePool(100, 100))).to.deep.equal(['failure'])
  })

  it('the cookie is judged by NODE_ENV', () => {
    expect(levels(judgeCookie({ secure: 'auto' }, 'production'))).to.deep.equal([])
    expect(levels(judgeCookie({ secure: false }, 'production'))).to.deep.equal(['failure'])
    expect(levels(judgeCookie({ secure: true }, 'development'))).to.deep.equal(['warning'])
    expect(levels(judgeCookie({ secure: true }, 'production'))).to.deep.equal([])
    expect(levels(judgeCookie({ secure: true, httpOnly: false }, 'production'))).to.deep.equal(['warning'])
    expect(levels(judgeCookie({ secure: false, sameSite: 'none' }, undefined))).to.deep.equal(['failure'])
  })

  it('serializable is a warning on PostgreSQL only', () => {
    for (const level of ['serializable', 'repeatable read'])
      expect(levels(judgeIsolation('postgres', level))).to.have.length(1)
    expect(levels(judgeIsolation('postgres', 'read committed'))).to.deep.equal([])
    expect(levels(judgeIsolation('mysql', 'SERIALIZABLE'))).to.deep.equal([])
    expect(levels(judgeIsolation('mysql', 'READ-UNCOMMITTED'))).to.deep.equal(['warning'])
  })

  it('types of moments', () => {
    const fine = ['bigint', 'bigint(20)', 'datetime(3)', 'timestamp with time zone', 'timestamp(3) with time zone']
    for (const type of fine) expect(judgeMoment(column(type)), type).to.deep.equal([])
    for (const type of [
      'timestamp',
      'timestamp(3)',
      'timestamp without time zone',
      'timestamp(3) without time zone',
      'datetime',
    ])
      expect(levels(judgeMoment(column(type))), type).to.deep.equal(['warning'])
    expect(levels(judgeMoment(column('date')))).to.deep.equal(['failure'])
    expect(levels(judgeMoment(column('datetime(3)', 'on update current_timestamp(3)')))).to.deep.equal(['failure'])
  })

  it('each read after a write must see it, and be answered', () => {
    const reason = { problem: 'The database server is read-only (25006).', fix: 'Connect to the primary.' }
    const all = { seen: 20, refusals: [] }
    const none = { seen: 0, refusals: [] }
    const refused = { seen: 15, refusals: Array(5).fill(reason) }
    const problems = (...answers: Parameters<typeof judgeReads>): string =>
      judgeReads(...answers)
        .map(({ problem }) => problem)
        .join(' ')
    expect(judgeReads(20, all, none)).to.deep.equal([])
    expect(problems(20, { ...all, seen: 18 }, none)).to.equal(
      '2 of 20 reads did not see a row that was just written: users would be logged out.',
    )
    expect(problems(20, all, { ...none, seen: 3 })).to.match(/^3 of 20 reads still saw a row/)
    expect(problems(20, refused, none)).to.match(/^5 of 40 reads were refused, .*read-only \(25006\)\.$/)
    expect(judgeReads(20, refused, none)[0]?.cure).to.match(/^Connect to the primary\. Send sessions to the primary/)
  })

  it('many dead rows, and many expired ones', () => {
    expect(levels(judgeVacuum(true, 5, 5000))).to.deep.equal([])
    expect(levels(judgeVacuum(true, 100_000, 50_000))).to.deep.equal([])
    expect(levels(judgeVacuum(true, 10_000, 50_000))).to.deep.equal(['warning'])
    expect(levels(judgeVacuum(false, 0, 0))).to.deep.equal(['warning'])
    expect(levels(judgeBacklog(9_000, 9_000))).to.deep.equal([])
    expect(levels(judgeBacklog(20_000, 1_000_000))).to.deep.equal([])
    expect(levels(judgeBacklog(20_000, 40_000))).to.deep.equal(['warning'])
  })
})
