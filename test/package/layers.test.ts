import { expect } from 'chai'
import { type Import, importsOf } from './support/imports.js'
import { filesIn } from './support/project.js'

interface Room {
  /** The folder in `src`, or a file that stands there. */
  readonly name: string
  /** The packages that it may import; those of Node.js go without saying. */
  readonly packages?: readonly string[]
  /** Rooms above in this list that it must not import all the same. */
  readonly except?: readonly string[]
}

/** From the ground up: a room imports only rooms that stand before it in this list, type imports counted. */
const rooms: readonly Room[] = [
  { name: 'core/errors.ts' },
  { name: 'core/validation.ts' },
  { name: 'core/events.ts' },
  { name: 'core/tracing.ts' },
  { name: 'core/concurrency' },
  { name: 'core/backend' },
  { name: 'core/codec' },
  { name: 'core/properties' },
  { name: 'core/options', packages: ['ms'] },
  { name: 'core/repository' },
  { name: 'core/session' },
  { name: 'core/watch' },
  { name: 'core/manager' },
  { name: 'model', packages: ['reflect-metadata'] },
  { name: 'sql' },
  { name: 'typeorm', packages: ['typeorm', 'reflect-metadata'] },
  {
    name: 'sequelize',
    packages: ['sequelize', 'sequelize-typescript', 'reflect-metadata'],
    except: ['typeorm'],
  },
  { name: 'adapter', except: ['typeorm', 'sequelize'] },
  { name: 'koa-session', except: ['model', 'sql', 'typeorm', 'sequelize', 'adapter'] },
  { name: 'express-session', except: ['model', 'sql', 'typeorm', 'sequelize', 'adapter', 'koa-session'] },
  { name: 'testing', except: ['typeorm', 'sequelize', 'koa-session', 'express-session'] },
  { name: 'koa', packages: ['koa'], except: ['typeorm', 'sequelize', 'koa-session', 'express-session', 'testing'] },
  { name: 'augment', packages: ['koa'], except: ['typeorm', 'sequelize', 'koa-session', 'express-session', 'testing'] },
  {
    name: 'cli',
    packages: ['commander', '@clack', 'cli-table3'],
    except: ['typeorm', 'sequelize', 'koa-session', 'express-session', 'testing', 'adapter', 'koa', 'augment'],
  },
  { name: 'index.ts', except: ['typeorm', 'sequelize', 'koa-session', 'express-session', 'testing', 'augment', 'cli'] },
]

const files = filesIn('src', '.ts')
const imports = new Map(files.map((file) => [file, importsOf(file)]))

describe('the rooms of src', () => {
  it('are those of the list, and each of the list is there', () => {
    const names = rooms.map(({ name }) => name)
    expect(files.filter((file) => !names.includes(roomOf(file)))).to.deep.equal([])
    expect(names.filter((name) => !files.some((file) => roomOf(file) === name))).to.deep.equal([])
  })

  it('import only rooms below them, types included', () => {
    expect(violations((from, { target }) => isOurs(target) && !mayImport(from, roomOf(target)))).to.deep.equal([])
  })

  it('import only the packages that they are made for', () => {
    expect(violations((from, { target }) => !isOurs(target) && !mayUse(from, target))).to.deep.equal([])
  })

  it('are put together in src/index.ts and src/adapter only', () => {
    const isForeign = (from: string, { isExport, target }: Import) => isExport && roomOf(target) !== from
    const edges = ['index.ts', 'adapter']
    expect(violations((from, found) => !edges.includes(from) && isForeign(from, found))).to.deep.equal([])
  })

  it('have no files that import each other in a circle, types included', () => {
    expect(files.flatMap((file) => circleFrom(file) ?? [])).to.deep.equal([])
  })
})

function violations(isWrong: (from: string, found: Import) => boolean): string[] {
  return files.flatMap((file) => {
    const wrong = imports.get(file)?.filter((found) => isWrong(roomOf(file), found)) ?? []
    return wrong.map(({ target }) => `${file} imports ${target}`)
  })
}

function mayImport(from: string, to: string): boolean {
  if (from === to) return true
  const names = rooms.map(({ name }) => name)
  const isBelow = names.indexOf(to) !== -1 && names.indexOf(to) < names.indexOf(from)
  return isBelow && !rooms.find(({ name }) => name === from)?.except?.includes(to)
}

function mayUse(from: string, specifier: string): boolean {
  if (specifier.startsWith('node:')) return from !== 'testing' || /^node:assert(\/strict)?$/.test(specifier)
  const name = specifier.split('/')[0] ?? specifier
  return rooms.find((room) => room.name === from)?.packages?.includes(name) === true
}

function isOurs(target: string): boolean {
  return target.startsWith('src/')
}

/** `core/codec` for `src/core/codec/id.ts`, `core/errors.ts` for `src/core/errors.ts`, `koa` for `src/koa/cookie.ts`. */
function roomOf(path: string): string {
  const [, first = '', second = ''] = path.split('/')
  return first === 'core' ? `core/${second}` : first
}

/** The way from a file back to itself. */
function circleFrom(start: string): string | undefined {
  const seen = new Set<string>()
  const search = (file: string, way: string): string | undefined => {
    if (file === start && seen.size > 0) return way
    if (seen.has(file)) return undefined
    seen.add(file)
    const next = imports.get(file) ?? []
    return next.map(({ target }) => search(target, `${way} -> ${target}`)).find((found) => found !== undefined)
  }
  return search(start, start)
}
