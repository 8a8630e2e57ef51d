import { expect } from 'chai'
import { describe, it } from 'mocha'
import { decimalText, singleText, wholeText } from '../../src/model/decimals.js'
import { type SqlDefault, sqlDefault } from '../../src/model/sql-default.js'

const known: readonly (readonly [sql: string, found: SqlDefault])[] = [
  ["'it''s'", { constant: "it's" }],
  ["(('a'))", { constant: 'a' }],
  ["E'a\\'b'", { constant: "a'b" }],
  ['-1.5e3', { constant: '-1.5e3' }],
  ['TRUE', { constant: true }],
  ['null', { constant: null }],
  ["'{}'::jsonb", { constant: '{}', cast: 'jsonb' }],
  ["''::character varying(20)", { constant: '', cast: 'character varying(20)' }],
  ["ARRAY['a','b,c']::text[]", { constant: ['a', 'b,c'], cast: 'text[]' }],
  ['JSON_OBJECT()', { constant: '{}' }],
  ['CURRENT_TIMESTAMP(3)', { generates: 'now' }],
  ["(datetime('now'))", { generates: 'now' }],
  ['current_date', { generates: 'date' }],
  ['gen_random_uuid()', { generates: 'uuid' }],
]

const unknown = [
  "'a' || 'b'",
  "'a'::text || 'b'",
  "now() + interval '1 day'",
  'now()::date',
  "(now() at time zone 'utc')",
  "nextval('s'::regclass)",
  '(1) + (2)',
  'random()',
  "datetime('now', 'localtime')",
]

describe('the SQL of a default', () => {
  it('is known where it is a literal or a generator', () => {
    for (const [sql, found] of known) expect(sqlDefault(sql, { backslashes: false }), sql).to.deep.equal(found)
  })

  it('is not guessed where it is more', () => {
    for (const sql of unknown) expect(sqlDefault(sql, { backslashes: false }), sql).to.equal(undefined)
  })

  it('has escapes in a text where the database has them', () => {
    expect(sqlDefault("'a\\nb'", { backslashes: true })).to.deep.equal({ constant: 'a\nb' })
    expect(sqlDefault("'a\\nb'", { backslashes: false })).to.deep.equal({ constant: 'a\\nb' })
  })

  it('has numbers as databases write them', () => {
    expect(['0', '1.005', '-2.5', '.5', '1e3', 'x'].map((text) => decimalText(text, 2))).to.deep.equal([
      '0.00',
      '1.01',
      '-2.50',
      '0.50',
      '1000.00',
      undefined,
    ])
    expect(['1.50', '1e-7', '-0'].map((text) => decimalText(text, undefined))).to.deep.equal(['1.50', '0.0000001', '0'])
    expect(['07', '+1', '1.5'].map(wholeText)).to.deep.equal(['7', '1', undefined])
    expect([0.1, 16777216].map(singleText)).to.deep.equal(['0.1', '16777216'])
  })
})
