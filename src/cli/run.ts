import { CommanderError } from 'commander'
import { type ExitCode, exitCodeOf, exitCodes, inOneLine } from './cli-error.js'
import { commands } from './commands/index.js'
import type { Streams } from './output/streams.js'
import { exitCodeOfParser, programOf } from './program.js'

/** Runs one call of the command line, and resolves to its exit code. An error becomes one line on the standard error. */
export async function run(args: readonly string[], signal: AbortSignal, streams: Streams): Promise<ExitCode> {
  let code: ExitCode = exitCodes.failed
  const program = programOf(commands, { signal, streams }, (given) => {
    code = given
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return exitCodeOfParser(error)
    streams.err.write(`koa-session-model: ${inOneLine(error)}\n`)
    return exitCodeOf(error)
  }
}
