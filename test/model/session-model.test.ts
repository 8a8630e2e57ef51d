import { expect } from 'chai'
import { SessionModel, type SessionModelOptions } from 'koa-session-model'
import { metadataOf } from '../../src/model/metadata.js'
import { expectError } from '../support/errors.js'

describe('@SessionModel()', () => {
  const wrong: [string, unknown, 'OPTION_INVALID' | 'OPTION_UNKNOWN' | 'COLUMN_DUPLICATE'][] = [
    ['table', { table: 'x' }, 'OPTION_UNKNOWN'],
    ['sid', { columns: { sid: 'x' } }, 'OPTION_UNKNOWN'],
    ['size', { columns: { id: { size: 5 } } }, 'OPTION_UNKNOWN'],
    ['tableName', { tableName: '' }, 'OPTION_INVALID'],
    ['tableName', { tableName: Object.create(null) }, 'OPTION_INVALID'],
    ['now', { now: 5 }, 'OPTION_INVALID'],
    ['columns.id', { columns: { id: false } }, 'OPTION_INVALID'],
    ['columns.data', { columns: { data: false } }, 'OPTION_INVALID'],
    ['columns.expires', { columns: { expires: false } }, 'OPTION_INVALID'],
    ['columns.id.name', { columns: { id: '' } }, 'OPTION_INVALID'],
    ['columns.id.length', { columns: { id: { length: 0 } } }, 'OPTION_INVALID'],
    ['columns.data.length', { columns: { data: { length: 5 } } }, 'OPTION_INVALID'],
    ["'x'", { columns: { id: 'x', data: 'x' } }, 'COLUMN_DUPLICATE'],
    ["'data'", { columns: { id: 'data' } }, 'COLUMN_DUPLICATE'],
  ]
  for (const [name, options, code] of wrong) {
    it(`refuses ${JSON.stringify(options)} when it decorates, and names ${name}`, async () => {
      const error = await expectError(code, () => {
        @SessionModel(options as SessionModelOptions)
        class Wrong {}
        return Wrong
      })
      expect(error.message).to.contain(name)
    })
  }

  it('lets a subclass have options of its own, and leaves its base alone', () => {
    @SessionModel({ tableName: 'base', columns: { id: 'sid' } })
    class Base {}
    class Plain extends Base {}
    @SessionModel({ tableName: 'sub' })
    class Sub extends Base {}
    expect(metadataOf(Base)).to.deep.include({ tableName: 'base' })
    expect(metadataOf(Base).columns[0]).to.include({ role: 'id', name: 'sid' })
    expect(metadataOf(Plain)).to.equal(metadataOf(Base))
    expect(metadataOf(Sub)).to.deep.include({ tableName: 'sub' })
    expect(metadataOf(Sub).columns[0]).to.include({ role: 'id', name: 'id' })
  })

  it('refuses a member of the class that has the name of a helper', async () => {
    await expectError('COLUMN_RESERVED', () => {
      @SessionModel()
      class Wrong {
        get expired() {
          return true
        }
      }
      return Wrong
    })
  })

  it('lets expired and active say that the model is not registered', async () => {
    @SessionModel()
    class Early {}
    await expectError('MODEL_NOT_REGISTERED', () => (Early as unknown as { expired: unknown }).expired)
    await expectError('MODEL_NOT_REGISTERED', () => (new Early() as { active?: boolean }).active)
  })

  for (const [name, value] of [
    ['nothing', undefined],
    ['a name', 'Session'],
    ['an undecorated class', class {}],
  ] as const) {
    it(`is missing on ${name}`, () => expectError('MODEL_NOT_DECORATED', () => metadataOf(value)))
  }
})
