import { exitCodes } from '../cli-error.js'
import type { Command } from '../command.js'
import { type Diagnosis, examine } from '../doctor/examine.js'
import { withSessions } from '../load/open-config.js'
import type { Output } from '../output/output.js'

const signs = { ok: '✔', warning: '!', failure: '✖', skipped: '-' } as const
const styles = { ok: 'green', warning: 'yellow', failure: 'red', skipped: 'gray' } as const

export const doctor: Command = {
  name: 'doctor',
  does: 'look for what goes wrong with sessions: table, database, cookie, keys; each with its cure',
  needsConfig: true,
  options: [],
  async run({ options, output }) {
    return withSessions(options, async (opened) => {
      const diagnoses = await examine(opened)
      await output.result({ checks: diagnoses }, () => diagnoses.map((one) => textOf(one, output)).join('\n'))
      return diagnoses.every(({ findings }) => findings.length === 0) ? exitCodes.done : exitCodes.found
    })
  },
}

function textOf({ check, state, findings }: Diagnosis, output: Output): string {
  const line = output.style(styles[state], `${signs[state]} ${check}`)
  return [line, ...findings.flatMap(({ problem, cure }) => [`    ${problem}`, `    → ${cure}`])].join('\n')
}
