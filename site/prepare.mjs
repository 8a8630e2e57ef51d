// Makes `pages/`, the source of the site, from the documents of the repository: copies them, and turns each relative link
// into one of the site, or into one to the repository if the site does not have the file. With `--watch`, again at each change.

import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..')
const target = join(here, 'pages')
const repository = 'https://github.com/koa-session-model/koa-session-model/blob/HEAD'

/** The folders of the repository that are on the site, and their places there. */
const places = [
  ['docs/', ''],
  ['bench/', 'bench/'],
]
/** The single pages of the repository that are on the site, and their places there. */
const singles = { 'CHANGELOG.md': 'changelog.md', 'CONTRIBUTING.md': 'contributing.md', 'SECURITY.md': 'reporting.md' }

prepare()
if (process.argv.includes('--watch')) {
  for (const folder of ['docs', 'bench']) watch(join(root, folder), { recursive: true }, () => prepare())
}

function prepare() {
  for (const name of existsSync(target) ? readdirSync(target) : []) {
    if (name !== 'api') rmSync(join(target, name), { recursive: true })
  }
  for (const file of filesOnSite()) {
    const to = join(target, placeOf(file))
    mkdirSync(dirname(to), { recursive: true })
    if (file.endsWith('.md')) writeFileSync(to, withSiteLinks(file))
    else cpSync(join(root, file), to)
  }
  cpSync(join(here, 'index.md'), join(target, 'index.md'))
  cpSync(join(here, 'public'), join(target, 'public'), { recursive: true })
  cpSync(join(root, 'docs/pictures/session.svg'), join(target, 'public/pictures/session.svg'))
  writeFileSync(join(target, 'decisions/index.md'), listOfDecisions())
}

/** The files of the repository that the site shows, by their paths. */
function filesOnSite() {
  const inFolders = places.flatMap(([folder]) =>
    readdirSync(join(root, folder), { recursive: true })
      .map((name) => folder + name.replaceAll('\\', '/'))
      .filter((file) => /\.(md|svg|png)$/.test(file) && statSync(join(root, file)).isFile()),
  )
  return [...inFolders, ...Object.keys(singles)]
}

/** The place of a file on the site; `undefined` for one that it does not have. */
function placeOf(file) {
  const place = places.find(([folder]) => file.startsWith(folder))
  return place ? place[1] + file.slice(place[0].length) : singles[file]
}

function withSiteLinks(file) {
  const parts = readFileSync(join(root, file), 'utf8').split(/(^(?:```|~~~).*?^(?:```|~~~)$)/ms)
  return parts.map((part) => (/^(?:```|~~~)/.test(part) ? part : linksOf(file, picturesOf(part)))).join('')
}

function linksOf(file, prose) {
  const from = posix.dirname(placeOf(file))
  return prose
    .replaceAll(/\]\(([^)\s:]+)\)/g, (_, link) => `](${siteLink(file, from, link)})`)
    .replaceAll(/(src|srcset)="([^":]+)"/g, (_, name, link) => `${name}="${siteLink(file, from, link)}"`)
}

/** A picture that follows the system's colours, as two that follow the reader's choice on the site. */
function picturesOf(prose) {
  const picture =
    /<picture><source media="\(prefers-color-scheme: dark\)" srcset="([^"]+)"><img alt="([^"]*)" src="([^"]+)"><\/picture>/g
  return prose.replaceAll(
    picture,
    '<img class="dark-only" alt="$2" src="$1"><img class="light-only" alt="$2" src="$3">',
  )
}

function siteLink(file, from, link) {
  const [path = '', anchor] = link.split('#')
  if (path === '') return link
  const linked = posix.join(posix.dirname(file), path).replace(/\/$/, '')
  const to = linked === 'README.md' ? 'index.md' : linked === 'docs/decisions' ? 'decisions/index.md' : placeOf(linked)
  const isThere = to !== undefined && /\.(md|svg|png)$/.test(to)
  if (!isThere) return `${repository}/${linked}`
  const relative = posix.relative(from, to)
  return (relative.startsWith('.') ? relative : `./${relative}`) + (anchor === undefined ? '' : `#${anchor}`)
}

function listOfDecisions() {
  const folder = join(root, 'docs/decisions')
  const lines = readdirSync(folder)
    .sort()
    .map(
      (name) =>
        `- [${name.slice(0, 4)}](./${name}) ${readFileSync(join(folder, name), 'utf8').match(/^# (?:\d+\W+)?(.*)$/m)?.[1]}`,
    )
  return `# Decisions\n\nWhy things are as they are, in the order in which it was decided.\n\n${lines.join('\n')}\n`
}
