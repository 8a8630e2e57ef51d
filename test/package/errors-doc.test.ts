import { expect } from 'chai'
import { sessionErrorCodes } from '../../src/core/errors.js'
import { read } from './support/project.js'

describe('docs/errors.md', () => {
  it('explains every code of the source, and no other', () => {
    expect([...sections().keys()].sort()).to.deep.equal([...sessionErrorCodes].sort())
  })

  it('says what causes each one, and what to do', () => {
    const short = [...sections()].filter(([, text]) => statementsIn(text) < 2)
    expect(short.map(([code]) => code)).to.deep.equal([])
  })
})

/** What the page says on each code: the text between its heading and the next. */
function sections(): Map<string, string> {
  const prose = read('docs/errors.md').replace(/^```.*?^```/gms, '')
  const [, ...parts] = prose.split(/^### /m)
  return new Map(parts.map((part) => [part.split('\n', 1)[0]?.trim() ?? '', bodyOf(part)]))
}

function bodyOf(section: string): string {
  const [body = ''] = section.replace(/^.*\n/, '').split(/^#{1,2} /m)
  return body
}

function statementsIn(text: string): number {
  return text.split(/\n\s*\n|[.!?](?:\s|$)/).filter((statement) => /\w/.test(statement)).length
}
