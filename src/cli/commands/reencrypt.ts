import { usageError } from '../cli-error.js'
import { batchOption, type Command } from '../command.js'
import { withSessions } from '../load/open-config.js'
import { reportRewritten } from '../rows/report.js'
import { rewriteAll } from '../rows/rewrite.js'

export const reencrypt: Command = {
  name: 'reencrypt',
  does: 'encrypt the data of all sessions with the first of the encryptionKeys; can be stopped and run again',
  needsConfig: true,
  options: [batchOption],
  async run(call) {
    return withSessions(call.options, async (opened) => {
      if (opened.manager.options.encryptionKeys.length === 0) {
        throw usageError(
          'The manager has no encryptionKeys. Export a SessionManager with keys, the new one first and the former ones behind it.',
        )
      }
      const outcome = await rewriteAll(opened, call, {
        what: 'looked at',
        isDue: (row, { encryption }) => encryption.isOutdated(row),
        idFor: () => undefined,
      })
      return reportRewritten(call.output, outcome, 'encrypted with the current key')
    })
  },
}
