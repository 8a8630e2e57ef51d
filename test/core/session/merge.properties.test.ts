import fc from 'fast-check'
import { historyWith } from '../support/history.js'
import { HistoryRun } from '../support/history-run.js'
import { runs } from '../support/runs.js'

describe('any history of one session', () => {
  for (const [title, ends] of Object.entries({
    'holds in the end what its acknowledged operations make, replayed in the order of their commits': 0,
    'holds so until it is ended, and never comes back': 2,
  })) {
    it(title, () =>
      fc.assert(
        fc.asyncProperty(historyWith({ ends }), async (steps) => {
          const run = await HistoryRun.start()
          for (const step of steps) await run.step(step)
          await run.finish()
        }),
        runs(120),
      ),
    ).timeout(60_000)
  }
})
