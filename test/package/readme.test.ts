import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { read, root } from './support/project.js'

/** A line or a file of another package, at a tag or a commit. */
const proof = /^https:\/\/github\.com\/[^/]+\/[^/]+\/blob\/(v\d+\.\d+\.\d+|[0-9a-f]{40})\/.*#L\d+(-L\d+)?$/

describe('the comparison in the README', () => {
  const [, section = ''] = read('README.md').split(/^## Compared with other packages$/m)
  const [comparison = ''] = section.split(/^## /m)
  const [head = [], , ...rows] = comparison
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map(cellsOf)
  const targets = new Map(Array.from(comparison.matchAll(/^\[([^\]]+)\]: (\S+)$/gm), ([, name, url]) => [name, url]))

  it('has a cell of each package in each row', () => {
    expect(rows).to.not.be.empty
    expect(rows.filter((cells) => cells.length !== head.length || cells.includes(''))).to.deep.equal([])
  })

  it('names for each claim of ours a test that exists', () => {
    const wrong = rows.filter(([, ours = '']) => {
      const [, file = '', title = ''] = /<!-- (test\/\S+\.test\.ts): (.+) -->$/.exec(ours) ?? []
      return !existsSync(join(root, file)) || !read(file).includes(`it('${title}', `)
    })
    expect(wrong.map(([row]) => row)).to.deep.equal([])
  })

  it('leads for each claim of others to lines of a version that is theirs', () => {
    const wrong = rows.flatMap(([row, , ...others]) =>
      others
        .filter((cell) => !linksIn(cell).length || !linksIn(cell).every((name) => proof.test(targets.get(name) ?? '')))
        .map((cell) => `${row}: ${cell}`),
    )
    expect(wrong).to.deep.equal([])
  })

  it('leads to the versions that its head names', () => {
    const [, , ...versions] = head.map((cell) => cell.split(' ')[1])
    const wrong = rows.flatMap(([row, , ...others]) =>
      others.flatMap((cell, index) => {
        const urls = linksIn(cell).map((name) => targets.get(name) ?? '')
        return urls
          .filter((url) => !url.includes('/expressjs/session/') && !url.includes(`/v${versions[index]}/`))
          .map((url) => `${row}: ${url}`)
      }),
    )
    expect(wrong).to.deep.equal([])
  })

  it('has no address that no cell uses', () => {
    const used = rows.flat().flatMap(linksIn)
    expect([...targets.keys()].filter((name) => !used.includes(name ?? ''))).to.deep.equal([])
  })
})

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
}

/** The names that a cell's links refer to. */
function linksIn(cell: string): string[] {
  return Array.from(cell.matchAll(/\]\[([^\]]+)\]/g), ([, name = '']) => name)
}
