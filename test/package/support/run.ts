import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect } from 'chai'
import { root } from './project.js'

export interface Outcome {
  /** `null` if the process had to be killed. */
  readonly code: number | null
  /** What it wrote, to both streams. */
  readonly output: string
}

export interface RunOptions {
  /** The folder to run in; else that of the package. */
  readonly cwd?: string
  /** In milliseconds; 60 seconds if absent. */
  readonly timeLimit?: number
}

/** Runs a program to its end. Fails never: the outcome says how it went. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { cwd = root, timeLimit = 60_000 } = options
  const settings = { cwd, timeout: timeLimit, killSignal: 'SIGKILL', maxBuffer: 2 ** 26 } as const
  return new Promise((resolve) => {
    const child = execFile(program, args, settings, (_, stdout, stderr) => {
      const reason = child.killed ? `${program} did not end within ${timeLimit} ms.\n` : ''
      resolve({ code: child.exitCode, output: stdout + stderr + reason })
    })
  })
}

export function runNode(args: readonly string[], options?: RunOptions): Promise<Outcome> {
  return run(process.execPath, args, options)
}

/** Runs a tool that this package has among its development dependencies. */
export function runTool(name: string, args: readonly string[], options?: RunOptions): Promise<Outcome> {
  return run(join(root, 'node_modules', '.bin', name), args, options)
}

/** Expects that a program has ended well; if not, its output tells why. */
export function expectSuccess({ code, output }: Outcome): void {
  expect(code, output).to.equal(0)
}

/** Expects that a program has failed and said why. */
export function expectFailure({ code, output }: Outcome, reason: string): void {
  expect(code, output).to.not.equal(0)
  expect(output).to.include(reason)
}
