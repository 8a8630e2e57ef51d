// Takes the pictures of examples/devices for README and docs, light and dark, on a desktop and on a phone:
// `npm run build && node scripts/screenshots.mjs`. Needs Chromium, which the variable CHROMIUM may name.

import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { createApp } from '../dist/examples/devices/app.js'
import { createDataSource } from '../dist/examples/devices/database.js'

const pictures = fileURLToPath(new URL('../docs/pictures/', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'devices-'))
const minute = 60_000
const day = 24 * 60 * minute
const end = Date.now()
let now = end - 41 * minute

const dataSource = createDataSource(undefined, join(folder, 'devices.db'))
const { app, manager, close } = createApp(dataSource, { now: () => now })
await dataSource.initialize()
const server = app.listen(0, 'localhost')
await once(server, 'listening')
const url = `http://localhost:${server.address().port}`
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
})

const setups = {
  desktop: { viewport: { width: 960, height: 620 } },
  phone: { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true },
}
for (const [name, setup] of Object.entries(setups)) await take(name, setup)

await browser.close()
server.closeAllConnections()
server.close()
close()
await dataSource.destroy()
rmSync(folder, { recursive: true })

/** Takes the pages of one kind of device. The first one also fills the table. */
async function take(name, setup) {
  const context = await browser.newContext({ baseURL: url, ...setup })
  const page = await context.newPage()
  if (name === 'desktop') await fill(page)
  else await logIn(page)
  for (const path of ['devices', 'cart', 'admin']) {
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme })
      await page.goto(`/${path}`)
      if (path === 'cart') await page.click('#twenty-form button')
      if (path === 'cart') await page.locator('#twenty-result', { hasText: 'has 20 more' }).waitFor()
      if (path === 'admin') await page.waitForSelector('#chart canvas')
      await page.screenshot({ path: `${pictures}${path}-${name}-${colorScheme}.png` })
      if (path === 'cart') await page.getByRole('button', { name: 'Empty the cart' }).click()
      if (path === 'cart') await page.fill('[name=thing]', 'cup')
      if (path === 'cart') await page.getByRole('button', { name: 'Add' }).click()
    }
  }
  await context.close()
}

/** Makes accounts and devices, some of them used lately, and an hour of counts for the chart. */
async function fill(page) {
  await page.goto('/register')
  await page.fill('[name=name]', 'ada')
  await page.fill('[name=password]', 'correct horse')
  await page.click('main button')
  await page.waitForURL('**/devices')
  const devices = [
    { browser: 'Safari 18', system: 'iOS 18.1', ago: 2 * day },
    { browser: 'Firefox 145', system: 'Windows 11', ago: 5 * 60 * minute },
    { browser: 'Chrome 142', system: 'Android 15', ago: 12 * minute },
  ]
  for (const { ago, ...device } of devices) {
    now = end - ago
    await manager.create({ accountId: 1, ...device }, { authenticated: true, maxAge: '30d' })
  }
  now = end - 40 * minute
  for (let step = 0; step < 40; step += 1) {
    now += minute
    if (step % 4 === 0) await manager.create({ accountId: null, cart: { tea: step } })
    await page.request.get('/admin/counts')
  }
  now = end
  await logIn(page)
  await page.goto('/cart')
  await page.fill('[name=thing]', 'cup')
  await page.getByRole('button', { name: 'Add' }).click()
}

async function logIn(page) {
  await page.goto('/login')
  if ((await page.textContent('h1')) !== 'Log in') return
  await page.fill('[name=name]', 'ada')
  await page.fill('[name=password]', 'correct horse')
  await page.click('main button')
  await page.waitForURL('**/devices')
}
