import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Context, Next } from 'koa'

const require = createRequire(import.meta.url)
// This file runs as dist/examples/devices/public-files.js; the files are not compiled, and stay where they are.
const folder = fileURLToPath(new URL('../../../examples/devices/public', import.meta.url))
const chart = require.resolve('uplot').replace(/uPlot\.\w+\.js$/, '')

/** The files that browsers may ask for, by their paths. Nothing else is read from the disk. */
const files: ReadonlyMap<string, string> = new Map([
  ['/public/style.css', join(folder, 'style.css')],
  ['/public/cart.js', join(folder, 'cart.js')],
  ['/public/live.js', join(folder, 'live.js')],
  ['/public/chart.js', join(folder, 'chart.js')],
  ['/public/icon.svg', join(folder, 'icon.svg')],
  ['/public/uplot.js', join(chart, 'uPlot.iife.min.js')],
  ['/public/uplot.css', join(chart, 'uPlot.min.css')],
])

/** Serves the styles and scripts. They need no session. */
export async function servePublicFiles(ctx: Context, next: Next): Promise<void> {
  const file = files.get(ctx.path)
  if (file === undefined) return void (await next())
  ctx.set('Cache-Control', 'public, max-age=300')
  ctx.type = file.slice(file.lastIndexOf('.'))
  ctx.body = await readFile(file)
}
