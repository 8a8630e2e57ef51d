import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { filesIn, manifest, read, root } from '../package/support/project.js'

/** The packages that only the command line uses. */
const ofCommandLine = ['commander', '@clack/prompts', 'cli-table3']

/** The paths of all files that are loaded by these imports, in a process of their own. */
async function loadedBy(...specifiers: string[]): Promise<string[]> {
  const program = `
    const seen = []
    const load = require('node:module').prototype.load
    require('node:module').prototype.load = function (file) { seen.push(file); return load.call(this, file) }
    for (const name of ${JSON.stringify(specifiers)}) require(name)
    console.log(JSON.stringify(seen))`
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], { cwd: root })
  return JSON.parse(stdout)
}

describe('the packages of the command line', () => {
  it('are not loaded by the library', async () => {
    const subpaths = Object.keys(manifest.exports).filter((path) => !/package\.json|augment/.test(path))
    const loaded = await loadedBy(...subpaths.map((path) => path.replace('.', manifest.name)))
    expect(loaded.some((path) => path.includes('/typeorm/'))).to.equal(true)
    const wrong = loaded.filter(
      (path) => ofCommandLine.some((name) => path.includes(`node_modules/${name}/`)) || path.includes('/src/cli/'),
    )
    expect(wrong).to.deep.equal([])
  })

  it('are dependencies, each with its reason in docs/dependencies.md', () => {
    const page = read('docs/dependencies.md')
    for (const name of Object.keys(manifest.dependencies)) expect(page).to.contain(`| \`${name}\` `)
  })

  it('for tables and questions are loaded only when they are needed', () => {
    const statically = /^import (?!type)[^;]*?from '(?:cli-table3|@clack\/prompts)'/m
    expect(filesIn('src/cli', '.ts').filter((file) => statically.test(read(file)))).to.deep.equal([])
  })
})
