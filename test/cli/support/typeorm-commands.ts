// Runs commands of TypeORM's command line, one after another, in one process: each process costs seconds. Prints as JSON what
// became of each. The argument is a list of steps, as JSON.
import { pathToFileURL } from 'node:url'
import { SessionManager } from 'koa-session-model'
import type { migrated } from '../configs/migrated.js'

/** One command: its data source is a file of its own, since modules are loaded once. */
export interface Step {
  readonly command: 'generate' | 'run' | 'revert' | 'create' | 'get'
  readonly dataSource: string
  /** The path of the migration to generate, or the id of the session to get. */
  readonly argument?: string
}

/** What became of a step. */
export interface Done {
  readonly code: number
  readonly output: string
}

interface Handler {
  handler(args: object): Promise<void>
}

let output = ''
console.log = (...parts: unknown[]) => {
  output += `${parts.join(' ')}\n`
}
console.error = console.log

async function commandOf(name: string): Promise<Handler> {
  const { default: all } = await import(`typeorm/commands/Migration${name}Command.js`)
  return new all[`Migration${name}Command`]()
}

/** Runs a command that ends with `process.exit()`. */
async function exitCodeOf({ command, dataSource, argument }: Step): Promise<number> {
  const { exit } = process
  let code: number | undefined
  process.exit = ((given = 0) => {
    code ??= Number(given)
    throw new Error('exit')
  }) as typeof exit
  try {
    const name = command.replace(/^./, (letter) => letter.toUpperCase())
    await (await commandOf(name)).handler({ dataSource, path: argument, outputJs: true, esm: true })
  } catch (error) {
    if (code === undefined) throw error
  } finally {
    process.exit = exit
  }
  return code ?? 0
}

async function useSessions({ command, dataSource: path, argument = '' }: Step): Promise<void> {
  const { dataSource, Sessions } = (await import(pathToFileURL(path).href)) as ReturnType<typeof migrated>
  await dataSource.initialize()
  const manager = new SessionManager({ model: Sessions, cleanup: false })
  output =
    command === 'create'
      ? (await manager.create({ userId: 7 } as object)).id
      : JSON.stringify(await manager.get(argument))
  manager.close()
  await dataSource.destroy()
}

const done: Done[] = []
for (const step of JSON.parse(process.argv[2] ?? '[]') as Step[]) {
  output = ''
  const isOfSessions = step.command === 'create' || step.command === 'get'
  const argument = step.argument === 'created' ? done.find(({ code }) => code === -1)?.output : step.argument
  const given = argument === undefined ? step : { ...step, argument }
  const code = isOfSessions
    ? await useSessions(given).then(() => (step.command === 'create' ? -1 : 0))
    : await exitCodeOf(given)
  done.push({ code, output })
}
process.stdout.write(JSON.stringify(done))
