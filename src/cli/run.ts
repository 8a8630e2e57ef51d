import { CommanderError } from 'commander'
import { type ExitCode, exitCodeOf, exitCodes, reportOf, usageError } from './cli-error.js'
import { commands } from './commands/index.js'
import type { Streams } from './output/streams.js'
import { exitCodeOfParser, isMessage, programOf } from './program.js'

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
    const isOfParser = error instanceof CommanderError
    if (isOfParser && !isMessage(error)) return exitCodeOfParser(error)
    const told = isOfParser ? usageError(error.message.replace(/^error: /, '')) : error
    streams.err.write(reportOf(told, args.includes('--json')))
    return exitCodeOf(told)
  }
}
