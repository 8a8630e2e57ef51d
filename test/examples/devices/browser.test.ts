import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect } from 'chai'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { chromiumPath, startChromium } from './browser.js'
import { HttpsApp } from './https-app.js'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const password = 'correct horse'
const leftOut = chromiumPath === undefined ? ' (left out: there is no Chromium on this machine)' : ''

describe(`examples/devices in a browser${leftOut}`, function () {
  this.timeout(60_000)
  if (chromiumPath === undefined) {
    it.skip('needs Chromium: install it, or name it in CHROMIUM')
    return
  }

  const app = new HttpsApp()
  const problems: string[] = []
  let browser: Browser
  let laptop: BrowserContext
  let phone: BrowserContext
  let page: Page

  before(async () => {
    await app.start()
    browser = await startChromium()
    laptop = await context({ viewport: { width: 1280, height: 900 } })
    phone = await context({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
    page = await laptop.newPage()
    await page.goto(`${app.url}/register`)
    await register(page, 'ada')
  })

  after(async () => {
    await browser?.close()
    await app.stop()
  })

  afterEach(() => {
    expect(problems.splice(0), 'errors on the console').to.deep.equal([])
  })

  async function context(options: object): Promise<BrowserContext> {
    const made = await browser.newContext({ ignoreHTTPSErrors: true, baseURL: app.url, ...options })
    made.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) problems.push(message.text())
    })
    made.on('weberror', (event) => void problems.push(String(event.error())))
    return made
  }

  it('protects the cookie as far as browsers can', async () => {
    const [cookie, ...others] = await laptop.cookies()
    expect(others).to.deep.equal([])
    expect(cookie).to.include({ name: '__Host-sid', secure: true, httpOnly: true, sameSite: 'Lax', path: '/' })
    expect(cookie?.expires, 'ends with the browser').to.equal(-1)
    expect(await page.evaluate('document.cookie')).to.equal('')
  })

  it('remembers who wants it, for thirty days', async () => {
    const visitor = await phone.newPage()
    await visitor.goto('/login')
    await logIn(visitor, 'ada', { remember: true })
    const [cookie] = await phone.cookies()
    expect(cookie?.expires).to.be.closeTo(Date.now() / 1000 + 30 * 86_400, 60)
    await visitor.close()
  })

  it('shows twenty after twenty requests at once', async () => {
    await page.goto('/cart')
    await page.click('#twenty-form button')
    await page.locator('#twenty-result', { hasText: 'has 20 more' }).waitFor()
    expect(await page.textContent('[data-thing="tea"] strong')).to.equal('20')
    await page.click('#twenty-form button')
    await page.locator('[data-thing="tea"] strong', { hasText: '40' }).waitFor()
  })

  it('has one cart in two tabs', async () => {
    const tab = await laptop.newPage()
    await Promise.all([page.goto('/cart'), tab.goto('/cart')])
    await Promise.all([page.fill('[name=thing]', 'cup'), tab.fill('[name=thing]', 'pot')])
    await Promise.all([page, tab].map((one) => one.getByRole('button', { name: 'Add' }).click()))
    await Promise.all([page.locator('[data-thing=cup]').waitFor(), tab.locator('[data-thing=pot]').waitFor()])
    await page.goto('/cart')
    const things = await page.locator('#cart li').allTextContents()
    expect(things.sort()).to.deep.equal(['cup1', 'pot1', 'tea40'])
    await tab.close()
  })

  it('closes the live page of a device that another one signs out', async () => {
    const live = await phone.newPage()
    await live.goto('/live')
    await live.waitForSelector('[data-state=alive]')
    await page.goto('/devices')
    expect(await page.locator('#devices li').count()).to.equal(2)
    await page.click('text=Sign out all other devices')
    await live.waitForSelector('[data-state=ended]')
    expect(await live.textContent('#live')).to.contain('This device was signed out.')
    await live.goto('/devices')
    expect(await live.textContent('h1')).to.equal('Log in')
  })

  it('lets two browsers sign each other out', async () => {
    const visitor = await phone.newPage()
    await visitor.goto('/login')
    await logIn(visitor, 'ada')
    await visitor.click('text=Sign out all other devices')
    await page.goto('/devices')
    expect(await page.textContent('h1')).to.equal('Log in')
    await logIn(page, 'ada')
    await page.getByRole('button', { name: /^Sign out .* on / }).click()
    await visitor.goto('/devices')
    expect(await visitor.textContent('h1')).to.equal('Log in')
  })

  it('shows nothing at "back" after a logout', async () => {
    await page.goto('/devices')
    expect(await page.textContent('#user')).to.equal('ada')
    await page.click('text=Log out')
    await page.locator('h1', { hasText: 'Log in' }).waitFor() // a page that is still loading cannot go back
    await page.goBack()
    expect(await page.textContent('h1')).to.equal('Log in')
    expect(await page.locator('#user').count()).to.equal(0)
    await logIn(page, 'ada')
  })

  it('asks for the password again after five minutes', async () => {
    await page.goto('/password')
    expect(await page.textContent('h1')).to.equal('Change the password')
    app.ahead = 5 * 60_000
    await page.goto('/password')
    expect(await page.textContent('h1')).to.equal('Is it you?')
    await page.fill('[name=password]', password)
    await page.click('main button')
    await page.waitForSelector('h1:has-text("Change the password")')
  })

  it('draws the chart of the administrator', async () => {
    await page.goto('/admin')
    await page.waitForSelector('#chart canvas')
    expect(Number(await page.textContent('#living'))).to.be.greaterThan(0)
  })

  it('works by keyboard alone', async () => {
    const visitor = await (await context({})).newPage()
    await visitor.goto('/login')
    await visitor.keyboard.press('Tab')
    expect(await focused(visitor)).to.equal('Skip to the content')
    await visitor.focus('[name=name]')
    await visitor.keyboard.type('ada')
    await visitor.keyboard.press('Tab')
    await visitor.keyboard.type(password)
    await visitor.keyboard.press('Enter')
    await visitor.waitForURL('**/devices')
    await visitor.context().close()
  })

  for (const path of ['/login', '/register', '/devices', '/cart', '/live', '/password', '/admin']) {
    for (const colorScheme of ['light', 'dark'] as const) {
      it(`has no fault that axe knows on ${path}, ${colorScheme}`, async () => {
        await page.emulateMedia({ colorScheme })
        await page.goto(path)
        await page.evaluate(axe)
        const { violations } = (await page.evaluate('axe.run()')) as {
          violations: { id: string; nodes: { html: string }[] }[]
        }
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).to.deep.equal([])
      })
    }
  }
})

async function register(page: Page, name: string): Promise<void> {
  await page.fill('[name=name]', name)
  await page.fill('[name=password]', password)
  await page.click('main button')
  await page.waitForURL('**/devices')
}

async function logIn(page: Page, name: string, { remember = false } = {}): Promise<void> {
  await page.fill('[name=name]', name)
  await page.fill('[name=password]', password)
  if (remember) await page.check('[name=remember]')
  await page.click('main button')
  await page.waitForURL('**/devices')
}

function focused(page: Page): Promise<unknown> {
  return page.evaluate('document.activeElement.textContent')
}
