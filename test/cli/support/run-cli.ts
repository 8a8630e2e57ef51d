import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../../package/support/project.js'

const program = join(root, 'dist/src/cli/main.js')

/** What became of one call of the command line. */
export interface Result {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** How the command line is called. */
export interface Setting {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** Sees the process once it runs. */
  readonly started?: (child: ChildProcess) => void
}

/** Runs the command line in a process of its own, without a terminal. */
export function runCli(args: readonly string[], { cwd, env, started }: Setting = {}): Promise<Result> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: cwd ?? root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  started?.(child)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, out, err }))
  })
}

/** Runs a command that succeeds, and returns its JSON. */
export async function runJson<T>(args: readonly string[], setting: Setting = {}): Promise<T> {
  return jsonOf(await runCli([...args, '--json'], setting))
}

/** The JSON of a command that has succeeded. */
export function jsonOf<T>({ code, out, err }: Result): T {
  if (code !== 0) throw new Error(`exit code ${code}: ${err}${out}`)
  return JSON.parse(out)
}
