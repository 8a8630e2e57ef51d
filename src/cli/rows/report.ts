import { type ExitCode, exitCodes } from '../cli-error.js'
import type { Output } from '../output/output.js'
import type { Rewritten } from './rewrite.js'

/** Writes what became of all rows. The exit code says whether all are done. */
export async function reportRewritten(output: Output, outcome: Rewritten, what: string): Promise<ExitCode> {
  await output.result(outcome, () => {
    const { rewritten, skipped, failed, reason, stopped } = outcome
    const rest = stopped ? ' Stopped: run it again, it goes on with what is left.' : ''
    const bad = failed > 0 ? ` ${failed} were left as they are: ${reason}` : ''
    return `${rewritten} sessions were ${what}, ${skipped} were so already.${bad}${rest}`
  })
  return outcome.failed > 0 || outcome.stopped ? exitCodes.failed : exitCodes.done
}
