import { expect } from 'chai'
import { filesIn, read } from './support/project.js'

/** What OWASP ASVS 5.0 asks of sessions, as far as a library can meet it. */
const asvs = `3.3.1 3.3.2 3.3.3 3.3.4 3.3.5 7.1.2 7.2.1 7.2.2 7.2.3 7.2.4 7.3.1 7.3.2 7.4.1 7.4.2 7.4.3 7.4.5
  7.5.1 7.5.2 7.5.3 14.2.1 14.2.7 14.3.1 14.3.2`.split(/\s+/)

interface Requirement {
  /** What it is called, such as `ASVS 7.2.1`. */
  readonly name: string
  /** Its file in test/security, without the ending. */
  readonly file: string
  readonly titles: readonly string[]
}

describe('docs/security.md', () => {
  it('names for each requirement the tests that exist, and no others', () => {
    expect(documented()).to.deep.equal(existing())
  })

  it('has every requirement of ASVS that a library can meet', () => {
    const named = documented().flatMap(({ name }) => name.match(/\d+\.\d+\.\d+/g) ?? [])
    expect(named.sort()).to.deep.equal([...asvs].sort())
  })

  it('says what is done for each requirement', () => {
    expect(rows().filter(([, what = '']) => what.length < 20)).to.deep.equal([])
  })
})

describe('the tests of the security requirements', () => {
  it('have each title once, as text that can be found', () => {
    const titles = existing().flatMap((requirement) => requirement.titles)
    expect(titles.length).to.be.greaterThan(0)
    expect([...new Set(titles)]).to.deep.equal(titles)
    const hidden = files().filter(([, code]) => code.match(/\bit\(/g)?.length !== titlesIn(code).length)
    expect(hidden.map(([file]) => file)).to.deep.equal([])
  })
})

function files(): [file: string, code: string][] {
  const paths = filesIn('test/security', '.test.ts')
  return paths.map((path) => [path.replace(/^test\/security\/|\.test\.ts$/g, ''), read(path)])
}

function existing(): Requirement[] {
  const found = files().map(([file, code]) => {
    const name = /^describe\('([^:']+): /m.exec(code)?.[1] ?? ''
    return { name, file, titles: titlesIn(code) }
  })
  return sorted(found)
}

function titlesIn(code: string): string[] {
  return Array.from(code.matchAll(/\bit\(\s*(['"])(.*?)\1,/g), ([, , title = '']) => title)
}

function documented(): Requirement[] {
  const found = rows().map(([requirement = '', , tests = '']) => {
    const [file = '', ...titles] = tests.split('<br>').map((part) => part.trim())
    const name = /^\*\*([^*]+)\*\*/.exec(requirement)?.[1] ?? ''
    return { name, file: file.replaceAll('`', ''), titles }
  })
  return sorted(found)
}

/** The cells of the table of requirements. */
function rows(): string[][] {
  const [, section = ''] = read('docs/security.md').split(/^## Requirements$/m)
  const [table = ''] = section.split(/^## /m)
  const lines = table.split('\n').filter((line) => line.startsWith('| **'))
  return lines.map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map(unescaped),
  )
}

function unescaped(cell: string): string {
  return cell
    .trim()
    .replaceAll('\\|', '|')
    .replaceAll(/\\([_*<])/g, '$1')
}

function sorted(requirements: readonly Requirement[]): Requirement[] {
  return [...requirements].sort((a, b) => (a.file < b.file ? -1 : 1))
}
