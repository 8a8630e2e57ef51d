import { hashId } from '../../core/codec/id.js'
import type { SessionManager } from '../../core/manager/session-manager.js'
import { usageError } from '../cli-error.js'
import { batchOption, type Command, yesOption } from '../command.js'
import { withSessions } from '../load/open-config.js'
import { confirm } from '../output/confirm.js'
import { reportRewritten } from '../rows/report.js'
import { rewriteAll } from '../rows/rewrite.js'

/** The form of hashed ids. An id of this package has another length, unless `idBytes` is 48. */
const hashed = /^[0-9a-f]{64}$/

export const rehash: Command = {
  name: 'rehash',
  does: 'replace the ids of rows by their hashes, after hashIds: false; can be stopped and run again',
  needsConfig: true,
  options: [batchOption, yesOption],
  async run(call) {
    return withSessions(call.options, async (opened) => {
      refuseUnsafe(opened.manager.options)
      await confirm(call.output, call.options.yes, 'Replace the ids of all rows by their hashes? There is no way back.')
      const outcome = await rewriteAll(opened, call, {
        what: 'looked at',
        isDue: ({ id }) => !hashed.test(id),
        idFor: ({ id }) => hashId(id),
      })
      return reportRewritten(call.output, outcome, 'hashed')
    })
  },
}

/** Throws if the app would not find its sessions under the hashes. */
function refuseUnsafe({ hashIds, adopt }: SessionManager['options']): void {
  if (hashIds === false) {
    throw usageError(
      "The option hashIds is false, so the app would not find its sessions any more. Set hashIds: 'migrate' in the app and in the config first.",
    )
  }
  if (!adopt) return
  throw usageError(
    'The option adopt is set: an old cookie finds its row by the id itself, which a hash would end. Each such row gets a hashed id ' +
      'when it is used; leave out adopt when the old cookies have expired.',
  )
}
