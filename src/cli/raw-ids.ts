import type { Opened } from './load/open-config.js'
import type { Output } from './output/output.js'

/** Warns if the ids in the result are those of cookies. */
export function warnOfRawIds({ manager, isConfigured }: Opened, output: Output): void {
  if (isConfigured && manager.options.hashIds !== true) {
    output.note('With hashIds other than true, ids in this result may open their sessions. Keep them out of logs.')
  }
}
