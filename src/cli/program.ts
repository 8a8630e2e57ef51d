import { Command as Commander, InvalidArgumentError, Option, type OutputConfiguration } from 'commander'
import { type ExitCode, exitCodes } from './cli-error.js'
import type { Call, Command, CommandOption, Options } from './command.js'
import { Output } from './output/output.js'
import type { Streams } from './output/streams.js'

/** What a call gets from its process. */
interface Surroundings extends Pick<Call, 'signal'> {
  readonly streams: Streams
}

/** The columns of help that no terminal shows. */
const usualColumns = 80

/** The options of each command that works on sessions. */
const configOptions: readonly CommandOption[] = [
  { flags: '-c, --config <file>', does: 'the module that exports a SessionManager (default: session.config.js)' },
  {
    flags: '-d, --data-source <file>',
    does: 'the module that exports a DataSource or a Sequelize (default: dist/data-source.js)',
  },
  { flags: '--model <name>', does: 'which session model, if there are several: its class, or the name of the export' },
]

const jsonOption: CommandOption = { flags: '--json', does: 'write the result as JSON' }

/** The options that a command has, those of all commands included. */
export function optionsOf({ options, needsConfig }: Command): CommandOption[] {
  return [...options, ...(needsConfig ? configOptions : []), jsonOption]
}

/** Makes the parser of the command line. `done` gets the exit code of the command that was called. */
export function programOf(
  commands: readonly Command[],
  { signal, streams }: Surroundings,
  done: (code: ExitCode) => void,
): Commander {
  const program = new Commander('koa-session-model')
    .description('Looks after the sessions of koa-session-model in your table.')
    .exitOverride()
    .configureOutput(outputOf(streams))
  for (const command of commands) {
    const added = program.command(`${command.name} ${command.takes ?? ''}`.trim()).description(command.does)
    added.exitOverride().copyInheritedSettings(program)
    for (const option of optionsOf(command)) added.addOption(parserOf(option))
    added.action(async (...given: unknown[]) => {
      const options = added.opts<Options>()
      const call: Call = {
        options,
        args: given.filter((one) => typeof one === 'string'),
        output: new Output(options.json === true, streams),
        signal,
      }
      done(await command.run(call))
    })
  }
  return program
}

/** Where the parser writes help and errors. */
function outputOf({ out, err }: Streams): OutputConfiguration {
  return {
    writeOut: (text) => void out.write(text),
    writeErr: (text) => void err.write(text),
    getOutHelpWidth: () => (out.isTTY ? out.columns : usualColumns),
    outputError: () => {}, // the caller reports it
  }
}

function parserOf({ flags, does, reads, choices }: CommandOption): Option {
  const option = new Option(flags, does)
  if (choices) option.choices([...choices])
  if (reads === 'number') option.argParser(toNumber)
  if (reads === 'list') option.argParser((text: string, before: readonly string[] = []) => [...before, text])
  return option
}

function toNumber(text: string): number {
  const number = Number(text)
  if (text.trim() === '' || !Number.isFinite(number)) throw new InvalidArgumentError('Give a number.')
  return number
}

/** Whether an error of the parser has a message of its own: it has written help already, if it has none. */
export function isMessage({ code }: { readonly code: string }): boolean {
  return !['commander.help', 'commander.helpDisplayed', 'commander.version'].includes(code)
}

/** The exit code for an error of the parser: help that was asked for is none. */
export function exitCodeOfParser(error: { readonly exitCode: number; readonly code: string }): ExitCode {
  return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
}
