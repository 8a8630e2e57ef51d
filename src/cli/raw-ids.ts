import type { Opened } from './load/open-config.js'
import type { Output } from './output/output.js'

/** Warns if the ids in the result are those of cookies. */
export function warnOfRawIds({ manager, isConfigured }: Opened, output: Output): void {
  if (isConfigured && manager.options.hashIds === false) {
    output.note('The option hashIds is false: each of these ids opens its session. Keep them out of logs.')
  }
}
