import { CliError, exitCodes, usageError } from '../cli-error.js'
import type { Output } from './output.js'

/** Asks before something is destroyed. Throws unless the answer is yes, or there is nobody to ask and `isSure` is not set. */
export async function confirm(output: Output, isSure: boolean | undefined, question: string): Promise<void> {
  if (isSure) return
  if (!output.isInteractive)
    throw usageError(`${question} There is no terminal to ask. Add --yes if you are sure.`, 'CONFIRMATION_MISSING')
  const { confirm: ask } = await import('@clack/prompts')
  const answer = await ask({ message: question, initialValue: false, output: process.stderr })
  if (answer !== true) throw new CliError('Nothing was changed.', exitCodes.failed, { code: 'CONFIRMATION_MISSING' })
}
