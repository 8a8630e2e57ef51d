import { expect } from 'chai'
import { SessionModel, SessionModelMixin, type SessionModelOptions } from 'koa-session-model'
import { metadataOf } from '../../src/model/metadata.js'
import { expectError } from '../support/errors.js'

describe('@SessionModel()', () => {
  type Wrong = [string, unknown, 'OPTION_INVALID' | 'OPTION_UNKNOWN' | 'COLUMN_DUPLICATE']
  const wrong: Wrong[] = [
    ['table', { table: 'x' }, 'OPTION_UNKNOWN'],
    ['sid', { columns: { sid: 'x' } }, 'OPTION_UNKNOWN'],
    ['size', { columns: { id: { size: 5 } } }, 'OPTION_UNKNOWN'],
    ['tableName', { tableName: '' }, 'OPTION_INVALID'],
    ['tableName', { tableName: Object.create(null) }, 'OPTION_INVALID'],
    ['now', { now: 5 }, 'OPTION_INVALID'],
    ...['', 'a */ b', 'a /* b', 'is it?', 'two\nlines', '! 1', 'M!1', 'é', 'route=/a/', 5].map(
      (statementComment): Wrong => ['statementComment', { statementComment }, 'OPTION_INVALID'],
    ),
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

  it('takes the text of a comment, which a statement can begin with', () => {
    for (const [statementComment, comment] of [
      ['NO LOAD BALANCE', '/*NO LOAD BALANCE*/ '],
      ["application='shop',route='%2Fcart'", "/*application='shop',route='%2Fcart'*/ "],
      [undefined, ''],
    ] as const) {
      @SessionModel(statementComment === undefined ? {} : { statementComment })
      class Commented {}
      expect(metadataOf(Commented)).to.include({ comment })
    }
  })

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

  it('refuses a decorator without parentheses, with what to write', async () => {
    const decorate = SessionModel as unknown as (model: unknown, context?: unknown) => void
    class WebSession {}
    for (const more of [[], [{ kind: 'class' }]]) {
      const { message } = await expectError('OPTION_INVALID', () => decorate(WebSession, ...more))
      expect(message)
        .to.contain('above the class WebSession without parentheses')
        .and.to.contain('Write @SessionModel().')
    }
    expect(() => metadataOf(WebSession)).to.throw()
  })

  it('refuses a text, as other decorators take it, with what to write', async () => {
    const { message } = await expectError('OPTION_INVALID', () => SessionModel('web_sessions' as never))
    expect(message).to.contain('Write @SessionModel({ tableName: "web_sessions" })')
  })

  const elsewhere: readonly (readonly [options: object, write: string])[] = [
    [{ table: 'a' }, "Write tableName: 'web_sessions'"],
    [{ name: 'a' }, "Write tableName: 'web_sessions'"],
    [{ maxAge: 1 }, 'write session({ model: Sessions, maxAge: … })'],
    [{ id: 'sid' }, 'Write columns: { id: … }'],
    [{ timestamps: true }, '@Table()'],
    [{ tabelName: 'a' }, 'Did you mean tableName?'],
    [{ columns: { sid: 'sid' } }, "Write id: 'sid'"],
    [{ columns: { expire: 'expire' } }, "Write expires: 'expire'"],
    [{ columns: { createdat: 'x' } }, 'Did you mean createdAt?'],
  ]
  for (const [options, write] of elsewhere) {
    it(`tells what to write instead of ${JSON.stringify(options)}`, async () => {
      const { message } = await expectError('OPTION_UNKNOWN', () => SessionModel(options)(class {}))
      expect(message).to.contain(write)
    })
  }

  it('is missing on a class that extends the mixin itself, with what to write', async () => {
    const Mixin = SessionModelMixin as unknown as new () => object
    class WebSession extends Mixin {}
    const { message } = await expectError('MODEL_NOT_DECORATED', () => metadataOf(WebSession))
    expect(message).to.contain('write extends SessionModelMixin()')
    const takesOptions = SessionModelMixin as unknown as (options: object) => unknown
    const ofOptions = await expectError('MODEL_CLASS', () => takesOptions({ tableName: 'a' }))
    expect(ofOptions.message).to.contain('Write @SessionModel({ … }) above the class')
  })
})
