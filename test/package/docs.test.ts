import { availableParallelism } from 'node:os'
import { expect } from 'chai'
import { codeInComments, codeOn, examplesWithoutCode, pages, problemOf } from './support/docs-code.js'
import { type DocsFile, type DocsProject, entriesOf, projectsOn } from './support/docs-project.js'
import { DocsWorkspace } from './support/docs-workspace.js'
import { inLanes } from './support/in-lanes.js'
import { expectSuccess, type Outcome } from './support/run.js'

interface Program {
  readonly project: DocsProject
  readonly file: DocsFile
  outcome?: Promise<Outcome>
}

const timeLimit = 60_000

const onPages = pages().map((page) => ({ page, code: codeOn(page) }))
const inComments = codeInComments()
const blocks = [...onPages.flatMap(({ code }) => code), ...inComments]
const pageProjects = onPages.flatMap(({ code }) => projectsOn(code.filter((block) => !problemOf(block))))
const commentProjects = inComments.flatMap((block) => projectsOn([block]))
const programs = pageProjects.flatMap((project): Program[] => entriesOf(project).map((file) => ({ project, file })))

describe('the code in the documentation', function () {
  this.timeout(5 * timeLimit)

  let workspace: DocsWorkspace
  let errors: readonly string[]

  before(async () => {
    workspace = new DocsWorkspace([...pageProjects, ...commentProjects])
    errors = await workspace.compile()
    const tasks = programs.map(
      ({ project, file }) =>
        () =>
          workspace.start(project, file, timeLimit),
    )
    const outcomes = inLanes(availableParallelism(), tasks)
    for (const [index, program] of programs.entries()) program.outcome = outcomes[index] as Promise<Outcome>
  })

  after(async () => {
    await Promise.all(programs.map(({ outcome }) => outcome))
    workspace?.remove()
  })

  it('is there', () => {
    const readme = onPages.find(({ page }) => page === 'README.md')
    expect(readme?.code, 'README.md').to.not.be.empty
    expect(inComments, 'doc comments').to.not.be.empty
  })

  it('can be checked, every block', () => {
    expect(blocks.flatMap((block) => problemOf(block) ?? [])).to.deep.equal([])
    expect(examplesWithoutCode(), '@example without a block of code').to.deep.equal([])
  })

  it('compiles', () => {
    expect(errors, errors.join('\n')).to.be.empty
  })

  for (const program of programs) {
    const { page, line } = program.file.block
    it(`runs: ${page}:${line} (${program.file.name})`, async () => {
      expectSuccess((await program.outcome) as Outcome)
    })
  }
})
