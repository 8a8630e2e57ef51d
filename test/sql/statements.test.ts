import { expect } from 'chai'
import type { RowRecord, SessionTable } from '../../src/model/session-table.js'
import { guardedUpdate, UpdateStatement } from '../../src/sql/guarded-update.js'
import type { Database, SqlColumn, SqlTable } from '../../src/sql/sql-table.js'
import { type SqlValues, StatementCache, Write } from '../../src/sql/write.js'

const now = new Date(0)
const session = { id: 'id', expires: 'expires', version: 'version' } as SessionTable

function columnOf(name: string): SqlColumn {
  return {
    name,
    quoted: `"${name}"`,
    compared: `"${name}"`,
    read: `"${name}"`,
    alias: name,
    parameter: (value) => (value === 'for the ORM' ? undefined : value),
    written: (place) => (name === 'tags' ? `json(${place})` : place),
  }
}

/** As an ORM describes a table. It runs nothing. */
function tableOn(database: Database, more: Partial<SqlTable<never>> = {}): SqlTable<never> {
  const columns = new Map<string, SqlColumn>()
  const table: Partial<SqlTable<never>> = {
    database,
    name: '"web"."sessions"',
    automatic: {},
    conditions: () => [],
    moment: (date) => date,
    place: (number) => `$${number}`,
    column: (property) => {
      const column = columns.get(property) ?? columnOf(property)
      columns.set(property, column)
      return column
    },
    ...more,
  }
  return table as SqlTable<never>
}

function writeOf(record: RowRecord, version: number | null = 1, sql: SqlValues = {}): Write {
  return new Write('an id', version, now, record, sql)
}

describe('the guarded update', () => {
  it('is one statement, with the row, its expiry and its version as the guard', () => {
    const write = writeOf({ data: '{}', version: 2 })
    const statement = new UpdateStatement(tableOn('postgres'), session, write)
    expect(statement.sql).to.equal(
      'UPDATE "web"."sessions" SET "data" = $1, "version" = $2 WHERE "id" = $3 AND "expires" > $4 AND "version" = $5',
    )
    expect(statement.parametersOf(write)).to.deep.equal(['{}', 2, 'an id', now, 1])
    expect(statement.parametersOf(writeOf({ data: '[]', version: 8 }, 7))).to.deep.equal(['[]', 8, 'an id', now, 7])
  })

  it('names columns in conditions as the ORM says, since SQLite takes a name in double quotes for a text', () => {
    const column = (name: string): SqlColumn => ({ ...columnOf(name), compared: `"sessions"."${name}"` })
    const { sql } = new UpdateStatement(tableOn('sqlite', { column }), session, writeOf({ data: 'x' }))
    expect(sql).to.match(
      /SET "data" = \S+ WHERE "sessions"\."id" = .* AND "sessions"\."expires" > .* AND "sessions"\."version" = /,
    )
  })

  it('compares ids on MySQL by what stands after their last character too', () => {
    const write = writeOf({ data: '{}' })
    const statement = new UpdateStatement(tableOn('mysql', { place: () => '?' }), session, write)
    expect(statement.sql).to.contain(`WHERE "id" = ? AND CONCAT("id", '.') = ? AND "expires" > ?`)
    expect(statement.parametersOf(write)).to.deep.equal(['{}', 'an id', 'an id.', now, 1])
  })

  it('asks for a version that is NULL, or for none', () => {
    const write = writeOf({ data: '{}' }, null)
    const table = tableOn('sqlite')
    expect(new UpdateStatement(table, session, write).sql).to.match(/AND "version" IS NULL$/)
    const unversioned = { id: 'id', expires: 'expires' } as SessionTable
    expect(new UpdateStatement(table, unversioned, write).sql).to.match(/AND "expires" > \$3$/)
  })

  it('sets what the ORM sets besides, unless it is written, and meets what the ORM demands', () => {
    const table = tableOn('postgres', {
      automatic: { updatedAt: 'CURRENT_TIMESTAMP', count: '"count" + 1' },
      conditions: (bind) => ['"deletedAt" IS NULL', `"kind" IN (${bind(columnOf('kind'), () => 'web')})`],
    })
    const write = writeOf({ tags: '[]', updatedAt: now }, 1, { count: '"count"', color: "'red'" })
    const statement = new UpdateStatement(table, session, write)
    expect(statement.sql).to.equal(
      'UPDATE "web"."sessions" SET "tags" = json($1), "updatedAt" = $2, "count" = "count", "color" = \'red\' ' +
        'WHERE "id" = $3 AND "expires" > $4 AND "version" = $5 AND "deletedAt" IS NULL AND "kind" IN ($6)',
    )
    expect(statement.parametersOf(write)).to.deep.equal(['[]', now, 'an id', now, 1, 'web'])
  })

  it('is not for a value that the ORM does more with', () => {
    const statement = new UpdateStatement(tableOn('postgres'), session, writeOf({ data: '{}' }))
    expect(statement.parametersOf(writeOf({ data: 'for the ORM' }))).to.equal(undefined)
  })

  it('stands in a batch with other places for its values', () => {
    const write = writeOf({ data: '{}' })
    const { set, where } = guardedUpdate(tableOn('postgres'), session, write, ({ name }) => `list.${name}`)
    expect(set).to.equal('UPDATE "web"."sessions" SET "data" = list.data')
    expect(where).to.equal('WHERE "id" = list.id AND "expires" > list.expires AND "version" = list.version')
  })
})

describe('the cache of statements', () => {
  it('makes one for each shape of writes: for other columns, SQL, or a version that is NULL', () => {
    const made: string[] = []
    const cache = new StatementCache(({ shape }) => made.push(shape))
    const shapes = [
      writeOf({ data: '{}' }),
      writeOf({ data: '{}', userId: 1 }),
      writeOf({ data: '{}' }, null),
      writeOf({ data: '{}' }, 1, { userId: 'NULL' }),
    ]
    for (const write of [...shapes, ...shapes]) cache.for(write)
    expect(cache.for(writeOf({ data: '[]' }, 9))).to.equal(1)
    expect(made).to.have.lengthOf(shapes.length)
  })

  it('keeps a hundred at the most', () => {
    let made = 0
    const cache = new StatementCache(() => ++made)
    const writes = Array.from({ length: 101 }, (_, index) => writeOf({ [`column${index}`]: 1 }))
    for (const write of writes) cache.for(write)
    expect(cache.for(writes[100] as Write)).to.equal(101)
    expect(cache.for(writes[0] as Write)).to.equal(102)
  })
})
