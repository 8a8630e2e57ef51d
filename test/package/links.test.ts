import { existsSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { expect } from 'chai'
import { filesIn, manifest, read, root } from './support/project.js'
import { run } from './support/run.js'
import { packTarball } from './support/tarball.js'

/** The pages that are in the tarball. */
const pages = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...filesIn('docs', '.md'),
  'bench/README.md',
  'bench/RESULTS.md',
]

/** Where the repository's files can be fetched from. */
const rawFiles = manifest.repository.url.replace(
  /^git\+https:\/\/github\.com\/(.*)\.git$/,
  'https://raw.githubusercontent.com/$1/HEAD/',
)

interface Link {
  readonly page: string
  readonly target: string
}

describe('the links in README and docs', function () {
  this.timeout(60_000)

  const links = pages.flatMap((page) => linksOn(page))
  const relative = links.filter(({ target }) => !/^[a-z]+:/.test(target))
  let packed: readonly string[]

  before(async () => {
    const tarball = await packTarball()
    const { output } = await run('tar', ['-tzf', tarball.path])
    packed = output
      .trim()
      .split('\n')
      .map((file) => file.replace(/^package\//, ''))
    tarball.remove()
  })

  it('lead to files and folders that are in the package', () => {
    const isThere = (path: string) => packed.some((file) => file === path || file.startsWith(`${path}/`))
    expect(relative.filter((link) => !isThere(pathOf(link))).map(shown)).to.deep.equal([])
  })

  it('lead to headings that are there', () => {
    const wrong = relative.filter((link) => {
      const anchor = link.target.split('#')[1]
      return anchor !== undefined && !anchorsOf(pathOf(link)).includes(anchor)
    })
    expect(wrong.map(shown)).to.deep.equal([])
  })

  it('show pictures of the README by an address that any page which shows it can load', () => {
    const pictures = [...read('README.md').matchAll(/<(?:img|source)[^>]* (?:src|srcset)="([^"]*)"/g)].map(
      ([, url]) => url,
    )
    expect(pictures).to.not.be.empty
    const wrong = pictures.filter(
      (url = '') => !url.startsWith(rawFiles) || !existsSync(join(root, url.slice(rawFiles.length))),
    )
    expect(wrong).to.deep.equal([])
  })
})

function linksOn(page: string): Link[] {
  const prose = read(page).replaceAll(/^(```|~~~).*?^\1/gms, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => ({ page, target }))
}

/** The file or folder that a relative link leads to. */
function pathOf({ page, target }: Link): string {
  const [path = ''] = target.split('#')
  return path === '' ? page : posix.join(dirname(page), path).replace(/\/$/, '')
}

/** What can stand behind `#`, as GitHub makes it of headings. */
function anchorsOf(path: string): string[] {
  return [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function shown({ page, target }: Link): string {
  return `${page}: ${target}`
}
