import { expect } from 'chai'
import { type Import, importsOf } from './support/imports.js'
import { filesIn } from './support/project.js'

interface Layer {
  /** The folders of ours that it may import besides itself. */
  readonly folders: readonly string[]
  /** The packages that it may import; those of Node.js go without saying. */
  readonly packages: readonly string[]
}

const layers: Readonly<Record<string, Layer>> = {
  'index.ts': { folders: ['core', 'model', 'koa'], packages: [] },
  core: { folders: [], packages: ['ms'] },
  model: { folders: ['core'], packages: ['reflect-metadata'] },
  typeorm: { folders: ['core', 'model'], packages: ['typeorm', 'reflect-metadata'] },
  sequelize: { folders: ['core', 'model'], packages: ['sequelize', 'sequelize-typescript', 'reflect-metadata'] },
  koa: { folders: ['core', 'model'], packages: ['koa'] },
  'koa-session': { folders: ['core', 'model'], packages: ['koa-session'] },
  'express-session': { folders: ['core', 'model'], packages: ['express-session'] },
  testing: { folders: ['core', 'model'], packages: [] },
  augment: { folders: ['core', 'koa'], packages: ['koa'] },
  cli: { folders: ['core'], packages: [] },
}

const files = filesIn('src', '.ts')
const imports = new Map(files.map((file) => [file, importsOf(file)]))

describe('the layers of src', () => {
  it('are the folders with a rule', () => {
    expect([...new Set(files.map(folderOf))].filter((folder) => !(folder in layers))).to.deep.equal([])
  })

  it('import only the folders below them', () => {
    expect(violations((from, { target }) => isOurs(target) && !mayImport(from, folderOf(target)))).to.deep.equal([])
  })

  it('import only the packages that they are made for', () => {
    expect(violations((from, { target }) => !isOurs(target) && !mayUse(from, target))).to.deep.equal([])
  })

  it('are put together in src/index.ts only', () => {
    const isForeign = (from: string, { isExport, target }: Import) => isExport && folderOf(target) !== from
    expect(violations((from, found) => from !== 'index.ts' && isForeign(from, found))).to.deep.equal([])
  })

  it('have no files that import each other in a circle', () => {
    expect(files.flatMap((file) => circleFrom(file) ?? [])).to.deep.equal([])
  })
})

function violations(isWrong: (from: string, found: Import) => boolean): string[] {
  return files.flatMap((file) => {
    const wrong = imports.get(file)?.filter((found) => isWrong(folderOf(file), found)) ?? []
    return wrong.map(({ target }) => `${file} imports ${target}`)
  })
}

function mayImport(from: string, to: string): boolean {
  return from === to || layers[from]?.folders.includes(to) === true
}

function mayUse(from: string, specifier: string): boolean {
  if (specifier.startsWith('node:')) return from !== 'testing' || /^node:assert(\/strict)?$/.test(specifier)
  const name = specifier.split('/')[0] ?? specifier
  return layers[from]?.packages.includes(name) === true
}

function isOurs(target: string): boolean {
  return target.startsWith('src/')
}

function folderOf(path: string): string {
  return path.split('/')[1] ?? ''
}

/** The way from a file back to itself. What is imported as a type only is gone at run time. */
function circleFrom(start: string): string | undefined {
  const seen = new Set<string>()
  const search = (file: string, way: string): string | undefined => {
    if (file === start && seen.size > 0) return way
    if (seen.has(file)) return undefined
    seen.add(file)
    const next = imports.get(file)?.filter(({ kind }) => kind === 'value') ?? []
    return next.map(({ target }) => search(target, `${way} -> ${target}`)).find((found) => found !== undefined)
  }
  return search(start, start)
}
