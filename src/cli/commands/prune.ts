import { setTimeout as sleep } from 'node:timers/promises'
import { ExpiredBatches, LeftRows } from '../../core/repository/expired-batches.js'
import { forwardingSince, isFreshMarker } from '../../core/repository/former-ids.js'
import { RefusedRows } from '../../core/repository/refused-rows.js'
import { exitCodes } from '../cli-error.js'
import { batchOption, type Call, type Command } from '../command.js'
import { type Opened, withSessions } from '../load/open-config.js'
import { batchSize } from '../numbers.js'
import { Progress } from '../output/progress.js'
import { countExpired } from '../row-counts.js'

/** The longest pause between two batches, in milliseconds. */
const longestPause = 1000

interface Pruned {
  readonly removed: number
  /** The expired rows that are left: the database refused to remove them, or the command was stopped. */
  readonly left: number
  readonly stopped: boolean
}

/** The rows to remove: those expired at `moment`, except markers that have expired after `since`. */
interface Found {
  readonly moment: Date
  readonly since: Date
  /** Their number. */
  readonly expired: number
}

export const prune: Command = {
  name: 'prune',
  does: 'remove expired rows, in batches; may run on every node at once',
  needsConfig: true,
  options: [
    { flags: '--dry-run', does: 'only count them' },
    batchOption,
    { flags: '--fast', does: 'do not pause between batches: requests have to wait longer' },
  ],
  async run(call) {
    return withSessions(call.options, async (opened) => {
      const moment = opened.shared.repository.now()
      const since = forwardingSince(opened.shared.options)
      const expired = await countExpired(opened.access, moment, since)
      if (call.options.dryRun) {
        await call.output.result({ expired }, () => `${expired} expired rows would be removed.`)
        return exitCodes.done
      }
      const pruned = await removeAll(opened, { moment, since, expired }, call)
      await call.output.result(pruned, () => textOf(pruned))
      return pruned.left > 0 ? exitCodes.failed : exitCodes.done
    })
  },
}

async function removeAll({ shared, access }: Opened, found: Found, call: Call): Promise<Pruned> {
  const { moment, since, expired } = found
  const size = batchSize(call.options.batch)
  const refused = new RefusedRows(shared.events)
  const batches = new ExpiredBatches(
    shared.repository,
    refused,
    moment,
    new LeftRows(),
    (row) => !isFreshMarker(row, since),
  )
  const progress = new Progress('removed', expired, call.output.streams.err)
  const { signal } = call
  for (let count = size; count >= size && !batches.isTooMuch && !signal.aborted; ) {
    const begin = performance.now()
    count = await batches.removeNext(size)
    progress.show(batches.removed)
    if (!call.options.fast) await pause(Math.min(performance.now() - begin, longestPause), signal)
  }
  progress.end()
  const isDone = !signal.aborted && !batches.isTooMuch && batches.isComplete
  return {
    removed: batches.removed,
    left: isDone ? 0 : await countExpired(access, moment, since),
    stopped: signal.aborted,
  }
}

/** Leaves the database to the requests for a while. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => {})
}

function textOf({ removed, left, stopped }: Pruned): string {
  const rest =
    left === 0
      ? ''
      : ` ${left} are left${stopped ? ', because it was stopped' : ': the database refused to remove them'}.`
  return `${removed} expired rows were removed.${rest}`
}
