import { countExpired, countRows } from '../../row-counts.js'
import { type Check, type Finding, warning } from '../check.js'

/** The clean-up keeps up with what expires. */
export const backlog: Check = {
  name: 'expired rows',
  async run({ access, shared, catalog }) {
    if (!catalog.exists) return undefined
    const hourAgo = new Date(shared.repository.now().getTime() - 3_600_000)
    return judgeBacklog(await countExpired(access, hourAgo), await countRows(access))
  },
}

/** What rows mean that have been expired for an hour. */
export function judgeBacklog(expired: number, all: number): Finding[] {
  if (expired < 10_000 || expired < all / 4) return []
  return [
    warning(
      `${expired} of ${all} rows have been expired for more than an hour: nobody removes them.`,
      'Do not set cleanup: false without a cron job that runs: koa-session-model prune',
    ),
  ]
}
