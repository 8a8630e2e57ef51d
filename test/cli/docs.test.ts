import { expect } from 'chai'
import { cliErrorCodes } from '../../src/cli/cli-error.js'
import { commands } from '../../src/cli/commands/index.js'
import { checks } from '../../src/cli/doctor/checks/index.js'
import { read } from '../package/support/project.js'
import { runHere } from './support/run-here.js'

describe('docs/cli.md', () => {
  const page = read('docs/cli.md')

  it('has the help of all commands', async () => {
    const { out } = await runHere(['--help'])
    expect(page).to.contain(`\`\`\`text\n${out.trimEnd()}\n\`\`\``)
  })

  for (const { name } of commands) {
    it(`has the help of ${name}, and an example of its JSON`, async () => {
      const [, section = ''] = page.split(`\n### ${name}\n`)
      const [own = ''] = section.split('\n### ')
      const { out } = await runHere([name, '--help'])
      expect(own).to.contain(`\`\`\`text\n${out.trimEnd()}\n\`\`\``)
      expect(() => JSON.parse(/```json\n(.*?)```/s.exec(own)?.[1] ?? '')).to.not.throw()
    })
  }

  it('lists the checks of doctor, in their order', () => {
    const [, section = ''] = page.split('\n### doctor\n')
    const [own = ''] = section.split('\n### ')
    const listed = Array.from(own.matchAll(/^\| `([^`]+)` \|/gm), ([, name]) => name)
    expect(listed).to.deep.equal(checks.map(({ name }) => name))
  })

  it('lists the codes of errors', () => {
    const [, section = ''] = page.split('\n## Errors\n')
    const [own = ''] = section.split('\n## ')
    const listed = Array.from(own.matchAll(/^\| `([A-Z_]+)` \|/gm), ([, name]) => name)
    expect(listed.sort()).to.deep.equal([...cliErrorCodes].sort())
  })
})
