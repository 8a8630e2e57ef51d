import { readdirSync } from 'node:fs'
import { defineConfig, type MarkdownRenderer } from 'vitepress'
import { listed, sidebar } from './sidebar.mjs'

const unlisted = readdirSync(new URL('../pages', import.meta.url))
  .filter((name) => name.endsWith('.md') && name !== 'index.md')
  .filter((name) => !listed.includes(name.slice(0, -'.md'.length)))
if (unlisted.length > 0)
  throw new Error(`The sidebar does not lead to ${unlisted.join(', ')}. Add them to sidebar.mts.`)

export default defineConfig({
  title: 'koa-session-model',
  description: 'Koa sessions in your own database table, through your own TypeORM entity or sequelize-typescript model',
  lang: 'en',
  srcDir: 'pages',
  cleanUrls: true,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: '/icon.svg' }]],
  markdown: { anchor: { slugify: asOnGitHub } },
  themeConfig: {
    logo: '/icon.svg',
    sidebar,
    nav: [
      { text: 'Guide', link: '/getting-started' },
      { text: 'API', link: '/api/' },
      { text: 'Errors', link: '/errors' },
      { text: 'Changes', link: '/changelog' },
    ],
    outline: [2, 3],
    search: { provider: 'local', options: { _render: withoutApi } },
    socialLinks: [{ icon: 'github', link: 'https://github.com/koa-session-model/koa-session-model' }],
    footer: { message: 'Released under the MIT License.' },
  },
})

/** The search has the pages that people wrote: the 127 of the API would push them down. */
function withoutApi(source: string, env: { relativePath?: string }, md: MarkdownRenderer): string {
  return env.relativePath?.startsWith('api/') ? '' : md.render(source, env)
}

/** Anchors as GitHub makes them, since the pages are read there too. */
function asOnGitHub(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-')
}
