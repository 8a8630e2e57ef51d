import { availableParallelism } from 'node:os'
import { expect } from 'chai'
import { inLanes } from '../package/support/in-lanes.js'
import { read } from '../package/support/project.js'
import { expectFailure, expectSuccess, type Outcome } from '../package/support/run.js'
import { setups } from './table.js'
import { SetupWorkspace } from './workspace.js'

/** The versions of Node.js that the table is for. Native drivers are built for the one that is installed. */
const nodes = [20, 22, 24]
const running = Number(process.versions.node.split('.')[0])
const isLong = process.env.ALL_SETUPS === '1'
const tried = setups.filter(({ isQuick }) => isQuick || isLong)

describe(`projects that install the package, on Node.js ${process.versions.node}`, function () {
  this.timeout(900_000)

  const workspace = new SetupWorkspace()
  let outcomes: readonly Promise<Outcome>[] = []

  before(async () => {
    await workspace.open()
    const tasks = tried.map((setup) => () => workspace.try(setup))
    outcomes = inLanes(availableParallelism(), tasks)
  })

  after(async () => {
    await Promise.all(outcomes)
    workspace.remove()
  })

  for (const [index, { title, fails }] of tried.entries()) {
    it(fails ? `refused: ${title}` : title, async () => {
      const outcome = (await outcomes[index]) as Outcome
      if (fails) expectFailure(outcome, fails)
      else expectSuccess(outcome)
    })
  }

  if (!isLong) it(`${setups.length - tried.length} more, with ALL_SETUPS=1`)

  for (const version of nodes.filter((node) => node !== running))
    it(`on Node.js ${version}, which is not installed here`)
})

describe('docs/tooling.md', () => {
  const page = read('docs/tooling.md')

  for (const { title, fails } of setups) {
    if (fails) it(`has the text to search for: ${title}`, () => expect(page).to.include(fails))
  }
})
