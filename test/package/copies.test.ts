import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect } from 'chai'
import type * as Main from 'koa-session-model'
import type * as TypeOrm from 'koa-session-model/typeorm'
import { Column, DataSource } from 'typeorm'
import { expectError } from '../support/errors.js'
import { manifest, root } from './support/project.js'

interface Loaded {
  readonly main: typeof Main
  readonly typeorm: typeof TypeOrm
}

const { name } = manifest
const require = createRequire(import.meta.url)
const imported: Loaded = { main: await import(name), typeorm: await import(`${name}/typeorm`) }
const required: Loaded = { main: require(name), typeorm: require(`${name}/typeorm`) }

describe('the package, loaded by import and by require() in one process', () => {
  it('is the same objects', () => {
    expect({ ...required.main }).to.deep.equal({ ...imported.main })
    expect({ ...required.typeorm }).to.deep.equal({ ...imported.typeorm })
  })

  agree(imported, required)
  agree(required, imported)
})

describe('two copies of the package in one process', () => {
  const folder = copyOfTheCode()
  const copy: Loaded = { main: require(folder), typeorm: require(join(folder, 'typeorm')) }

  after(() => rmSync(folder, { recursive: true }))

  it('are two', () => {
    expect(copy.main.SessionError).to.not.equal(required.main.SessionError)
  })

  agree(copy, required)
  agree(required, copy)

  describe('their errors', () => {
    const { SessionError } = copy.main

    it('are instances of both classes', () => {
      const error = new SessionError('CONFLICT', 'Two wrote.')
      expect(error).to.be.instanceOf(required.main.SessionError).and.instanceOf(Error)
    })

    it('are not of every class that extends one of them', () => {
      class Special extends SessionError {}
      expect(new SessionError('CONFLICT', 'Two wrote.')).to.not.be.instanceOf(Special)
      expect(new Special('CONFLICT', 'Two wrote.')).to.be.instanceOf(Special)
      expect(new Special('CONFLICT', 'Two wrote.')).to.be.instanceOf(required.main.SessionError)
    })

    for (const other of [
      new Error('CONFLICT'),
      { code: 'CONFLICT' },
      Object.create(null),
      'CONFLICT',
      null,
      undefined,
    ]) {
      it(`are not ${Object.prototype.toString.call(other)}`, () =>
        expect(other instanceof SessionError).to.equal(false))
    }

    it('show nothing of that', () => {
      const error = new SessionError('CONFLICT', 'Two wrote.')
      expect(Object.keys(error)).to.deep.equal(['code', 'status', 'expose', 'name'])
    })
  })
})

const id = 'a'.repeat(43)

/** What the one has decorated, registered and stored is known to the other. */
function agree(one: Loaded, other: Loaded): void {
  describe('one and the other', () => {
    let dataSource: DataSource
    let mine: Main.SessionManager<{ userId: number | null }>
    let theirs: Main.SessionManager<{ userId: number | null }>

    before(async () => {
      @one.main.SessionModel({ tableName: 'web_sessions' })
      class WebSession {
        @Column({ type: 'integer', nullable: true }) userId!: number | null
      }
      dataSource = new DataSource({ type: 'better-sqlite3', database: ':memory:', synchronize: true })
      const model = other.typeorm.registerSessionModel(dataSource, WebSession)
      await dataSource.initialize()
      mine = new one.main.SessionManager({ model, cleanup: false })
      theirs = new other.main.SessionManager({ model, cleanup: false })
    })

    after(async () => {
      mine.close()
      theirs.close()
      await dataSource.destroy()
    })

    it('see the same sessions', async () => {
      await mine.set(id, { userId: 42, cart: ['apple'] })
      expect(await theirs.get(id)).to.deep.include({ userId: 42, cart: ['apple'] })
    })

    it('know each other’s sessions as the one to keep', async () => {
      const own = await mine.fromRequest({ headers: { cookie: `sid=${id}` } })
      await theirs.set('b'.repeat(43), { userId: 42 })
      expect(await theirs.revoke({ userId: 42 }, { except: own as object })).to.equal(1)
      expect(await mine.get(id)).to.deep.include({ userId: 42 })
    })

    it('know each other’s errors', async () => {
      const error = await expectError('ID_INVALID', () => mine.get(''))
      expect(error).to.be.instanceOf(one.main.SessionError).and.instanceOf(other.main.SessionError)
    })
  })
}

/** A second copy, in a folder where it finds what it depends on. */
function copyOfTheCode(): string {
  mkdirSync(join(root, '.tmp'), { recursive: true })
  const folder = mkdtempSync(join(root, '.tmp', 'copy-'))
  cpSync(join(root, 'dist/src'), folder, { recursive: true })
  return folder
}
