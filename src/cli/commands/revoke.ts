import { exitCodes, usageError } from '../cli-error.js'
import { type Command, type Options, whereOption, yesOption } from '../command.js'
import { type Opened, withSessions } from '../load/open-config.js'
import { confirm } from '../output/confirm.js'
import { countRows } from '../row-counts.js'
import { parseWhere } from '../where.js'

/** The most sessions that are counted before the question. */
const mostCounted = 10_000

export const revoke: Command = {
  name: 'revoke',
  does: 'end sessions at once: their users are logged out',
  needsConfig: true,
  options: [
    whereOption,
    { flags: '--all', does: 'end every session' },
    { flags: '--dry-run', does: 'only count them' },
    yesOption,
  ],
  async run({ options, output }) {
    refuseUnclear(options)
    return withSessions(options, async (opened) => {
      const where = parseWhere(options.where ?? [], opened.access)
      const { count, isMore } = await counted(opened, options, where)
      const many = `${isMore ? 'more than ' : ''}${count}`
      if (options.dryRun) {
        await output.result({ sessions: count, more: isMore }, () => `${many} sessions would be ended.`)
        return exitCodes.done
      }
      await confirm(output, options.yes, `End ${many} sessions?`)
      const { manager } = opened
      const revoked = options.all ? await manager.deleteAll() : await manager.revoke(where)
      await output.result({ revoked }, () => `${revoked} sessions were ended.`)
      return exitCodes.done
    })
  },
}

function refuseUnclear({ where, all }: Options): void {
  if (where && all) throw usageError('--where and --all contradict each other. Give one of them.')
  if (!where && !all) throw usageError('Which sessions? Give --where column=value, or --all for every session.')
}

async function counted(
  { manager, access }: Opened,
  { all }: Options,
  where: object,
): Promise<{ count: number; isMore: boolean }> {
  if (all) return { count: await countRows(access), isMore: false }
  const { length } = await manager.list(where, { limit: mostCounted })
  return { count: length, isMore: length === mostCounted }
}
