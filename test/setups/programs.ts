import { read } from '../package/support/project.js'

/** The program that a project runs: it logs in to an app of Koa by HTTP, and reads the session. */
export type Program = 'typeorm' | 'sequelize'

/** How a program imports: `koa` by name, `koa` by `import = require()`, or everything so. */
export type Form = 'import' | 'require' | 'require all'

const answer = `'{"userId":42,"cart":["apple"]}'`

/** The file to start. */
export function mainOf(program: Program, form: Form): string {
  const end = `logIn().then((answer) => {
  if (answer !== ${answer}) throw new Error(answer)
  console.log('The session was kept.')
})
`
  return sourceOf(program, form) + end
}

/** A file of a test runner; `head` gives it the function `test`. */
export function testOf(program: Program, form: Form, head: string): string {
  const end = `test('keeps the session', async () => {
  const answer = await logIn()
  if (answer !== ${answer}) throw new Error(answer)
})
`
  return `${head}\n${sourceOf(program, form)}${end}`
}

/** The file to start in a project that `typeorm init` has made, with its own data source. */
export function mainWithDataSource(form: Form, path: string): string {
  return mainOf('typeorm', form)
    .replace('{ Column, DataSource }', '{ Column }')
    .replace(/new DataSource\(.*\)/, 'AppDataSource')
    .replace('@SessionModel(', `import { AppDataSource } from '${path}'\n\n@SessionModel(`)
}

function sourceOf(program: Program, form: Form): string {
  const source = read(`test/setups/programs/${program}.ts`)
  if (form === 'import') return source
  const withKoa = source.replace(`import Koa from 'koa'`, `import Koa = require('koa')`)
  if (form === 'require') return withKoa
  let count = 0
  return withKoa
    .replace('export async', 'async')
    .replace(`import 'reflect-metadata'`, `import metadata = require('reflect-metadata')\nvoid metadata`)
    .replaceAll(/^import (\{.*\}) from ('.*')$/gm, (_, names: string, from: string) => {
      count++
      return `import module${count} = require(${from})\nconst ${names} = module${count}`
    })
}
