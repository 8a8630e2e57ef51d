import { createRequire } from 'node:module'
import { expect } from 'chai'
import { type RegisteredModel, SessionManager, SessionModel } from 'koa-session-model'
import { registerSessionModel as onSequelize } from 'koa-session-model/sequelize'
import { registerSessionModel as onTypeOrm } from 'koa-session-model/typeorm'
import { Model, Sequelize } from 'sequelize-typescript'
import { DataSource, type EntitySubscriberInterface } from 'typeorm'
import { servers } from '../../support/databases.js'
import { expectError } from '../../support/errors.js'
import { reachable } from '../../support/matrix.js'
import { openSession } from '../../support/open-session.js'

type Parser = (text: string) => unknown

/** A row as the ORM gives it. */
interface Row {
  readonly active: boolean
}

/** A model on PostgreSQL, with connections that have a style of dates. */
interface Opened {
  readonly model: RegisteredModel
  rows(): Promise<Row[]>
  active(): Promise<number>
  close(): Promise<void>
}

type Open = (dateStyle: string) => Promise<Opened>

/** What is used of the driver, which comes without types. */
interface Types {
  readonly builtins: { readonly TIMESTAMPTZ: number }
  getTypeParser(type: number): Parser
  setTypeParser(type: number, parser: Parser): void
}

const { types } = createRequire(import.meta.url)('pg') as { readonly types: Types }
const timestamptz = types.builtins.TIMESTAMPTZ

/** Hears of loaded rows, so that TypeORM's own way of loading is taken. */
class Listener implements EntitySubscriberInterface {
  afterLoad(): void {}
}

const openTypeOrm =
  (subscribers: (new () => EntitySubscriberInterface)[]): Open =>
  async (dateStyle) => {
    @SessionModel({ tableName: 'expiry_dates_typeorm' })
    class WebSession {}
    const extra = { options: `-c DateStyle=${dateStyle}` }
    const dataSource = new DataSource({ type: 'postgres', ...servers.postgres, extra, subscribers })
    const model = onTypeOrm(dataSource, WebSession)
    await dataSource.initialize()
    await dataSource.synchronize()
    const repository = dataSource.getRepository(model)
    return {
      model,
      rows: () => repository.find(),
      active: () => repository.countBy(model.active),
      close: async () => {
        await dataSource.query('DROP TABLE expiry_dates_typeorm')
        await dataSource.destroy()
      },
    }
  }

const openSequelize: Open = async (dateStyle) => {
  @SessionModel({ tableName: 'expiry_dates_sequelize' })
  class WebSession extends Model {}
  const dialectOptions = { options: `-c DateStyle=${dateStyle}` }
  const sequelize = new Sequelize({ dialect: 'postgres', ...servers.postgres, dialectOptions, logging: false })
  const model = onSequelize(sequelize, WebSession)
  await model.sync({ force: true })
  return {
    model,
    rows: () => model.findAll(),
    active: () => model.count({ where: model.active }),
    close: async () => {
      await model.drop()
      await sequelize.close()
    },
  }
}

const orms: readonly { readonly name: string; readonly server: 'postgres'; readonly open: Open }[] = [
  { name: 'TypeORM', server: 'postgres', open: openTypeOrm([]) },
  { name: 'TypeORM with a listener', server: 'postgres', open: openTypeOrm([Listener]) },
  { name: 'Sequelize', server: 'postgres', open: openSequelize },
]

const asText: Parser = (text) => text
const readable: Record<string, Parser | undefined> = {
  'as Date': undefined,
  'as text': asText,
  'as milliseconds': (text) => Date.parse(text),
  'as dates of luxon or dayjs': (text) => ({ valueOf: () => Date.parse(text) }),
  'as Temporal.Instant': (text) => ({
    epochMilliseconds: Date.parse(text),
    valueOf() {
      throw new TypeError('Instants are no numbers.')
    },
  }),
}
const unreadable: Record<string, Parser> = {
  'as invalid dates of luxon': () => ({ valueOf: () => Number.NaN }),
  'as objects that are no dates': (text) => ({ text }),
  'as nothing': () => null,
}
const otherStyles = ['German', 'SQL,DMY', 'SQL,MDY', 'Postgres,DMY']

for (const { name, open } of await reachable(orms)) {
  describe(`dates that the driver gives: ${name}`, () => {
    const before = types.getTypeParser(timestamptz)
    let opened: Opened
    afterEach(async () => {
      types.setTypeParser(timestamptz, before)
      await opened.close()
    })

    async function start(parser: Parser | undefined, dateStyle: string): Promise<SessionManager> {
      if (parser) types.setTypeParser(timestamptz, parser)
      opened = await open(dateStyle)
      const manager = new SessionManager({ model: opened.model, cleanup: false, absoluteTimeout: '30d' })
      await manager.set('a', { n: 1 })
      return manager
    }

    async function expectUnreadable(manager: SessionManager): Promise<void> {
      const codes: unknown[] = []
      manager.on('error', ({ error }) => void codes.push((error as { code?: string }).code))
      await expectError('DATA_CORRUPT', () => manager.get('a'))
      await expectError('DATA_CORRUPT', () => manager.set('a', { n: 2 }))
      expect(await manager.deleteExpired()).to.equal(0)
      expect(codes).to.deep.equal(['DATA_CORRUPT', 'DATA_CORRUPT', 'DATA_CORRUPT'])
      expect(await opened.rows()).to.have.length(1)
    }

    for (const [how, parser] of Object.entries(readable)) {
      for (const style of ['ISO,MDY', 'ISO,DMY']) {
        it(`are the moments that they are: ${how}, ${style}`, async () => {
          const manager = await start(parser, style)
          const session = await openSession(manager, 'a')
          await session.update(() => session.properties.set('n', 2))
          expect(await manager.get('a')).to.deep.equal({ n: 2 })
          const [row, ...others] = await opened.rows()
          expect(row?.active).to.equal(true)
          expect(others).to.deep.equal([])
          expect(await opened.active()).to.equal(1)
        })
      }
    }

    for (const [how, parser] of Object.entries(unreadable)) {
      it(`are no reason to end a session: ${how}`, async () => {
        const manager = await start(parser, 'ISO,MDY')
        expect(await manager.get('a')).to.deep.equal({ n: 1 }) // read without the parser
        expect(await manager.deleteExpired()).to.equal(0)
        expect(await opened.rows()).to.have.length(1)
        for (const row of await opened.rows()) await expectError('DATA_CORRUPT', () => row.active)
      })
    }

    for (const style of otherStyles) {
      for (const parser of [undefined, asText]) {
        it(`are never guessed: ${parser ? 'text' : 'the parser of the driver'}, DateStyle ${style}`, async () => {
          await expectUnreadable(await start(parser, style))
        })
      }
    }
  })
}
