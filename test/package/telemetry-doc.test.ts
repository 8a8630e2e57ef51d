import { expect } from 'chai'
import { read } from './support/project.js'

const events = read('src/core/events.ts')
const tracing = read('src/core/tracing.ts')

describe('docs/telemetry.md', () => {
  it('has the channel of each event, with the members of its message and their values', () => {
    const members = new Map<string, string[]>()
    for (const [, name = '', type = ''] of bodyOf(events, 'SessionEvents').matchAll(/^ {2}(\w+): (.*)$/gm)) {
      const named = Array.from(type.matchAll(/readonly (\w+): (\w+)/g), ([, member = '', values = '']) => {
        return [member, ...literalsOf(events, values)]
      })
      members.set(`koa-session-model:${name}`, named.flat())
    }
    expect(members.size).to.be.greaterThan(10)
    expect(channelsIn(events, 'channel')).to.deep.equal([...members.keys()])
    expect(rows('Events')).to.deep.equal(members)
  })

  it('has the tracing channel of each operation, with the members of its message and their values', () => {
    const members = new Map<string, string[]>()
    for (const [, name = '', type = ''] of bodyOf(tracing, 'SessionTraces').matchAll(/^ {2}(\w+): (\w+)$/gm)) {
      const named = Array.from(bodyOf(tracing, type).matchAll(/^ {2}(?:readonly )?(\w+)\??: (.*)$/gm))
      const texts = named.flatMap(([, member = '', values = '']) => [member, ...quotedIn(values)])
      members.set(`koa-session-model:${name}`, texts)
    }
    expect(members.size).to.equal(3)
    expect(channelsIn(tracing, 'tracingChannel')).to.deep.equal([...members.keys()])
    expect(rows('Operations')).to.deep.equal(members)
  })
})

/** The channels in the first column of a section's table, with the code in its last column. */
function rows(heading: string): Map<string, string[]> {
  const [, section = ''] = read('docs/telemetry.md').split(`\n## ${heading}\n`)
  const [text = ''] = section.split('\n## ')
  const lines = Array.from(text.matchAll(/^\| `(koa-session-model:\w+)` \|.*?\| ([^|]*)\|$/gm))
  return new Map(lines.map(([, channel = '', last = '']) => [channel, codeIn(last)]))
}

function codeIn(text: string): string[] {
  return Array.from(text.matchAll(/`([^`]+)`/g), ([, code = '']) => code)
}

function bodyOf(source: string, name: string): string {
  return new RegExp(`export interface ${name} [^{]*\\{(.*?)\\n\\}`, 's').exec(source)?.[1] ?? ''
}

/** The values of a type that is a union of texts. */
function literalsOf(source: string, name: string): string[] {
  const [union = ''] = new RegExp(`export type ${name} =.*?\\n(?=\\n)`, 's').exec(source) ?? []
  return quotedIn(union.replace(/\/\*\*.*?\*\//gs, ''))
}

function quotedIn(text: string): string[] {
  return Array.from(text.matchAll(/'([^']+)'/g), ([, literal = '']) => literal)
}

/** The names that are passed to this function in the source, in order. Examples in comments are left out. */
function channelsIn(source: string, called: string): string[] {
  const code = source.replace(/\/\*\*.*?\*\//gs, '')
  return Array.from(code.matchAll(new RegExp(`\\b${called}\\('([^']+)'\\)`, 'g')), ([, name = '']) => name)
}
