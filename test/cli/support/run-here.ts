import type { Writable } from '../../../src/cli/output/streams.js'
import { run } from '../../../src/cli/run.js'
import type { Result } from './run-cli.js'

/** A stream without a terminal, which keeps what is written. */
class Kept {
  text = ''

  get stream(): Writable {
    const write = (text: string): boolean => {
      this.text += text
      return true
    }
    return { isTTY: false, columns: 0, write } as Writable
  }
}

/**
 * Runs the command line in this process, without a terminal. A process of its own costs a second, and proves something
 * only about signals, the environment, and its end.
 */
export async function runHere(args: readonly string[], signal?: AbortSignal): Promise<Result> {
  const [out, err] = [new Kept(), new Kept()]
  const code = await run(args, signal ?? new AbortController().signal, { out: out.stream, err: err.stream })
  return { code, out: out.text, err: err.text }
}
