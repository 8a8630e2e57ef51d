// Checks the site that was built: each link to a page and to a place on it leads somewhere. VitePress checks the pages alone.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

const site = join(dirname(fileURLToPath(import.meta.url)), '.vitepress/dist')
const pages = readdirSync(site, { recursive: true }).filter((name) => name.endsWith('.html'))
const texts = new Map(pages.map((page) => [page, readFileSync(join(site, page), 'utf8')]))
const wrong = pages.flatMap((page) =>
  [...texts.get(page).matchAll(/<a[^>]* href="([^"]+)"/g)]
    .map(([, href]) => href.replaceAll('&amp;', '&'))
    .filter((href) => !/^[a-z]+:/.test(href) && !leadsSomewhere(page, href))
    .map((href) => `${page}: ${href}`),
)
if (wrong.length > 0) {
  console.error(`These links of the site lead nowhere:\n${[...new Set(wrong)].join('\n')}`)
  process.exitCode = 1
} else console.log(`${pages.length} pages: every link leads somewhere.`)

function leadsSomewhere(page, href) {
  const [path = '', anchor = ''] = href.split('#')
  const target = path === '' ? page : fileOf(posix.join('/', posix.dirname(page), path), path)
  if (target === undefined) return false
  return anchor === '' || !target.endsWith('.html') || texts.get(target).includes(` id="${decodeURIComponent(anchor)}"`)
}

/** The file that is served for a path: the page itself, the index of a folder, or an asset. */
function fileOf(relative, path) {
  const from = (path.startsWith('/') ? path : relative).replace(/^\//, '')
  const names = [from, `${from}.html`, posix.join(from, 'index.html')].map((name) => name.replace(/^\.\//, ''))
  return names.find((name) => texts.has(name) || (/\.[a-z]+$/.test(name) && existsSync(join(site, name))))
}
