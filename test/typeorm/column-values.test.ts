import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column, type ColumnType } from 'typeorm'
import { openSession } from '../support/open-session.js'
import { createTables, databases, newDataSource, pendingStatements, tableName } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

type Server = 'sqlite' | 'postgres' | 'mariadb'
interface Types {
  readonly moment: ColumnType
  readonly json: ColumnType
  readonly enumeration: ColumnType
}
const typesOf: Readonly<Record<Server, Types>> = {
  sqlite: { moment: 'datetime', json: 'simple-json', enumeration: 'simple-enum' },
  postgres: { moment: 'timestamptz', json: 'jsonb', enumeration: 'enum' },
  mariadb: { moment: 'datetime', json: 'json', enumeration: 'enum' },
}

function newModel({ moment, json, enumeration }: Types) {
  @SessionModel({ tableName: tableName('column_values') })
  class ValueSession {
    @Column({ type: 'integer', nullable: true }) count!: number | null
    @Column({ type: 'boolean', nullable: true }) isAdmin!: boolean | null
    @Column({ type: 'varchar', length: 100, nullable: true }) label!: string | null
    @Column({ type: 'double precision', nullable: true }) ratio!: number | null
    @Column({ type: 'simple-json', nullable: true }) settings!: { theme?: string; sizes?: number[] } | null
    @Column({ type: json, nullable: true }) native!: unknown
    @Column({ type: 'simple-array', nullable: true }) roles!: string[] | null
    @Column({ type: enumeration, enum: ['low', 'high'], nullable: true }) level!: 'low' | 'high' | null
    @Column({ type: moment, nullable: true, ...(moment === 'datetime' && { precision: 3 }) }) seenAt!: Date | null
    @Column({ type: 'date', nullable: true }) bornOn!: string | null
  }
  return ValueSession
}

const noon = new Date('2030-07-01T12:30:15.250Z')
const full = {
  count: 42,
  isAdmin: true,
  label: 'Žluťoučký 🐎',
  ratio: 0.25,
  settings: { theme: 'dark', sizes: [1, 2] },
  native: { nested: [{ a: null }] },
  roles: ['admin', 'editor'],
  level: 'high',
  seenAt: noon,
  bornOn: '1815-12-10',
} as const
const falsy = { ...full, count: 0, isAdmin: false, label: '', ratio: 0, settings: {}, native: [], roles: [] } as const
const empty = Object.fromEntries(Object.keys(full).map((name) => [name, null]))

for (const database of databases) {
  describe(`TypeORM: values of custom columns (${database.name})`, () => {
    async function open() {
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, newModel(typesOf[database.server ?? 'sqlite']))
      await createTables(dataSource, database)
      return { dataSource, manager: managerOf(Sessions), repository: dataSource.getRepository(Sessions) }
    }

    it('come back as they were stored: in a new session and in an existing one', async () => {
      const { dataSource, manager, repository } = await open()
      await manager.set('an id', { ...full, settings: { ...full.settings, sizes: [1, 2] }, roles: [...full.roles] })
      expect(await manager.get('an id')).to.deep.equal(full)
      await manager.set('an id', { ...falsy, roles: [] })
      expect(await manager.get('an id')).to.deep.equal(falsy)
      expect(await repository.findOneByOrFail({ count: 0 })).to.include({ isAdmin: false, label: '', data: '{}' })
      await manager.set('an id', {})
      expect(await manager.get('an id')).to.deep.equal(empty)
      expect(await pendingStatements(dataSource)).to.deep.equal([])
    })

    it('find sessions in list and revoke', async () => {
      const { manager } = await open()
      await manager.set('full', { ...full, settings: {}, roles: [] })
      await manager.set('falsy', { ...falsy, level: 'low', seenAt: new Date(0), bornOn: '2000-01-01', roles: [] })
      for (const name of ['count', 'isAdmin', 'label', 'ratio', 'level', 'seenAt', 'bornOn'] as const) {
        const [found, ...others] = await manager.list({ [name]: full[name] })
        expect(others, name).to.have.lengthOf(0)
        expect(found?.properties, name).to.include({ count: 42, level: 'high' })
      }
      for (const name of ['count', 'isAdmin', 'label', 'ratio'] as const) {
        const found = await manager.list({ [name]: falsy[name] })
        expect(
          found.map(({ properties }) => properties.level),
          name,
        ).to.deep.equal(['low'])
      }
      expect(await manager.list({ isAdmin: null })).to.deep.equal([])
      expect(await manager.revoke({ isAdmin: false, count: 0 })).to.equal(1)
      expect(await manager.revoke({ seenAt: noon, label: full.label })).to.equal(1)
    })

    it('are compared by content: a read writes nothing', async () => {
      const { manager, repository } = await open()
      await manager.set('an id', { ...full, settings: { ...full.settings, sizes: [1, 2] }, roles: [...full.roles] })
      const session = await openSession(manager, 'an id')
      for (const name of Object.keys(full)) session.properties.get(name)
      await session.commit()
      expect(await repository.findOneByOrFail({ count: 42 })).to.include({ version: 1 })
    })

    it('may be changed inside', async () => {
      const { manager } = await open()
      await manager.set('an id', { settings: { sizes: [1] }, native: { list: [1] } })
      const session = await openSession(manager, 'an id')
      const settings = session.properties.get('settings') as { sizes: number[] }
      settings.sizes.push(2)
      await session.commit()
      expect(await manager.get('an id')).to.deep.include({ settings: { sizes: [1, 2] }, native: { list: [1] } })
    })
  })
}
