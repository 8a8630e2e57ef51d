import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect } from 'chai'
import { publint } from 'publint'
import { filesIn, manifest } from './support/project.js'
import { expectSuccess, run, runTool } from './support/run.js'
import { packTarball, type Tarball } from './support/tarball.js'

describe('the tarball', function () {
  this.timeout(60_000)

  let tarball: Tarball
  let files: readonly string[]

  before(async () => {
    tarball = await packTarball()
    const { output } = await run('tar', ['-tzf', tarball.path])
    files = output.trim().split('\n')
  })

  after(() => tarball?.remove())

  const missing = (paths: readonly string[]) => paths.filter((path) => !files.includes(`package/${path}`))

  it('has what a user reads first', () => {
    expect(missing(['package.json', 'README.md', 'LICENSE'])).to.deep.equal([])
  })

  it('has the types of every source file', () => {
    const types = filesIn('src', '.ts').map((file) => `dist/${file.slice(0, -'.ts'.length)}.d.ts`)
    expect(missing(types)).to.deep.equal([])
  })

  it('has the code of each entry and of the command in one file each, and what they share', () => {
    const entries = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [] : [target.require.default],
    )
    const shared = ['core', 'shared', 'rolldown-runtime'].map((name) => `./dist/src/${name}.js`)
    const expected = [...entries, ...Object.values(manifest.bin ?? {}), ...shared]
    const code = files.filter((file) => file.endsWith('.js')).map((file) => file.replace(/^package/, '.'))
    expect(code).to.have.members(expected)
  })

  it('is in strict mode, as what the other tests run', async () => {
    for (const file of files.filter((name) => name.endsWith('.js'))) {
      const { output } = await run('tar', ['-xzOf', tarball.path, file])
      expect(output, file).to.match(/^(#!.*\n)?['"]use strict['"];/)
    }
  })

  it('names no file of the machine that made it', async () => {
    const { output } = await run('tar', ['-xzOf', tarball.path, 'package/dist/src/core.js.map'])
    expect(output).to.include('"../../src/core/errors.ts"').and.not.include(tmpdir())
  })

  it('says that its code is CommonJS', () => {
    expect(missing(['dist/src/package.json'])).to.deep.equal([])
  })

  it('has nothing else but sources and documentation', () => {
    const expected =
      /^package\/((dist\/)?src\/package\.json|dist\/src\/.*\.(m?js|d\.m?ts|js\.map)|src\/.*\.m?ts|docs\/.*|bench\/([A-Z]+\.md|charts\/.*\.svg)|[A-Z]+(\.md)?|package\.json)$/
    expect(files.filter((file) => !expected.test(file))).to.deep.equal([])
  })

  it('pleases publint', async () => {
    const { buffer, byteOffset, byteLength } = readFileSync(tarball.path)
    const packed = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer
    const { messages } = await publint({ pack: { tarball: packed }, strict: true })
    expect(messages.map(({ code, path }) => `${code} at ${path.join('.')}`)).to.deep.equal([])
  })

  it('resolves to the right types in every way of resolving', async () => {
    expectSuccess(await runTool('attw', [tarball.path, '--format', 'ascii', '--no-emoji', '--no-color']))
  })
})
