#!/usr/bin/env node
import { Console } from 'node:console'
import { exitCodes, reportOf } from './cli-error.js'
import { ofProcess } from './output/streams.js'
import { run } from './run.js'

/** How long the process may live after its command, in milliseconds, if the config has opened what nobody closes. */
const patience = 2000

/** Aborts at the first Ctrl-C or SIGTERM; the second one ends the process. */
function stopSignal(): AbortSignal {
  const stopping = new AbortController()
  const stop = (): void => {
    if (stopping.signal.aborted) process.exit(exitCodes.failed)
    stopping.abort()
  }
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, stop)
  return stopping.signal
}

/** Ends the process at an error that nobody has caught, such as one of a config that connects without waiting for it. */
function failAtOnce(error: unknown): void {
  ofProcess.err.write(reportOf(error, process.argv.includes('--json')))
  process.exit(exitCodes.failed)
}

async function main(): Promise<void> {
  // What the config logs is no part of the result.
  globalThis.console = new Console(process.stderr)
  process.on('uncaughtException', failAtOnce)
  process.exitCode = exitCodes.failed
  process.exitCode = await run(process.argv.slice(2), stopSignal(), ofProcess)
  setTimeout(() => process.exit(), patience).unref()
}

void main()
