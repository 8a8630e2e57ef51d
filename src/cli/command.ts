import type { ExitCode } from './cli-error.js'
import type { Place } from './load/open-config.js'
import type { Output } from './output/output.js'

/** The values of the options of a command, by their names in camel case. */
export interface Options extends Place {
  readonly json?: boolean
  readonly yes?: boolean
  readonly where?: readonly string[]
  readonly all?: boolean
  readonly data?: boolean
  readonly dryRun?: boolean
  readonly fast?: boolean
  readonly batch?: number
  readonly limit?: number
  readonly by?: string
  readonly dialect?: string
  readonly as?: string
  readonly table?: string
  readonly partitions?: number
  readonly orm?: string
}

/** One call of a command. */
export interface Call {
  readonly options: Options
  readonly args: readonly string[]
  readonly output: Output
  /** Is aborted by Ctrl-C and by SIGTERM: then the command stops after the statement that runs. */
  readonly signal: AbortSignal
}

/** One option: how it is written, and what it does. */
export interface CommandOption {
  readonly flags: string
  readonly does: string
  /** How its text is read. Default: as text. */
  readonly reads?: 'number' | 'list'
  readonly choices?: readonly string[]
}

/** A command of the command line. */
export interface Command {
  readonly name: string
  /** The arguments, as commander has them: `<id>`. */
  readonly takes?: string
  readonly does: string
  readonly options: readonly CommandOption[]
  /** Whether it needs a config: then it has the options that name one. */
  readonly needsConfig: boolean
  run(call: Call): Promise<ExitCode>
}

export const whereOption: CommandOption = {
  flags: '--where <column=value>',
  does: 'only sessions whose column has this value; null means NULL; may be given several times',
  reads: 'list',
}

export const yesOption: CommandOption = { flags: '--yes', does: 'do not ask' }

export const batchOption: CommandOption = {
  flags: '--batch <rows>',
  does: 'rows of one batch, 1 to 10000 (default 1000)',
  reads: 'number',
}
