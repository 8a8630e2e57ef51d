import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { DataSource } from 'typeorm'
import { createDataSource } from '../../../examples/devices/database.js'
import { isReachable, type Server, servers } from '../../support/databases.js'
import { StartedApp } from './started-app.js'
import { Visitor } from './visitor.js'

const laptopBrowser =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const phoneBrowser =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1'
const password = 'correct horse'

function urlOf(server: Server): string {
  const { username, password: secret, host, port, database } = servers[server]
  return `${server}://${username}:${secret}@${host}:${port}/${database}`
}

describe('examples/devices, by forms alone', function () {
  this.timeout(60_000)
  let folder: string
  let app: StartedApp
  let laptop: Visitor
  let phone: Visitor
  const name = `ada-${Date.now()}`

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'devices-'))
    app = new StartedApp({ DATABASE_URL: '', DEVICES_DB: join(folder, 'devices.db') })
    await app.start()
    laptop = new Visitor(() => app.url, laptopBrowser)
    phone = new Visitor(() => app.url, phoneBrowser)
  })

  after(async () => {
    await app.stop('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })

  it('gives no cookie to a visitor who stores nothing', async () => {
    expect(await laptop.open('/')).to.equal(200)
    expect(laptop.title).to.equal('Log in')
    expect(laptop.cookie).to.equal(undefined)
  })

  it('lets no other script, style or site in', async () => {
    const { headers } = await laptop.request('GET', '/login')
    expect(headers.get('content-security-policy')).to.match(/^default-src 'none'; script-src 'self'; style-src 'self'/)
    expect(headers.get('cache-control')).to.equal('no-store')
  })

  it('registers, and the first account is the administrator', async () => {
    expect(await laptop.submit('/register', { name, password: 'short' })).to.equal(422)
    expect(laptop.page).to.contain('at least 8 characters')
    await laptop.submit('/register', { name, password })
    expect(laptop.user).to.equal(name)
    expect(laptop.notice).to.contain('administrator')
    await laptop.open('/devices')
    expect(laptop.notice, 'a notice is shown once').to.equal(undefined)
  })

  it('takes a name once, and refuses a wrong password', async () => {
    expect(await phone.submit('/register', { name: name.toUpperCase(), password })).to.equal(422)
    expect(phone.page).to.contain('This name is taken.')
    expect(await phone.submit('/login', { name, password: 'wrong', to: '/devices' })).to.equal(422)
    expect(phone.user).to.equal(undefined)
  })

  it('shows the devices of the account, and this one', async () => {
    await phone.submit('/login', { name, password, to: '/devices' })
    expect(phone.page).to.contain('Chrome 140').and.to.contain('macOS')
    expect(phone.page).to.contain('Safari 18').and.to.contain('iOS')
    expect(phone.page).to.match(/Safari 18[\s\S]*?This device/)
    expect(phone.otherDevices).to.have.length(1)
  })

  it('leads back after the login, but to no other site', async () => {
    const other = new Visitor(() => app.url, phoneBrowser)
    await other.open('/password')
    expect(other.page).to.contain('name="to" value="/password"')
    await other.submit('/login', { name, password, to: 'https://example.com' })
    expect(other.title).to.equal('Your devices')
    await other.submit('/logout')
    expect(other.title).to.equal('Log in')
  })

  it('loses nothing of twenty requests at once', async () => {
    const body = new URLSearchParams({ thing: 'tea' })
    const headers = { Cookie: phone.cookie ?? '' }
    const send = () => fetch(`${app.url}/cart`, { method: 'POST', headers, body, redirect: 'manual' })
    await Promise.all(Array.from({ length: 20 }, send))
    await phone.open('/cart')
    expect(phone.cart).to.deep.equal({ tea: 20 })
    await phone.submit('/cart/twenty')
    expect(phone.cart).to.deep.equal({ tea: 40 })
    await phone.submit('/cart/empty')
    expect(phone.cart).to.deep.equal({})
  })

  it('signs out one other device', async () => {
    const [id = ''] = phone.otherDevices.length > 0 ? phone.otherDevices : await otherDevicesOf(phone)
    await phone.submit('/devices/end', { id })
    expect(phone.notice).to.equal('The device is signed out.')
    await laptop.open('/devices')
    expect(laptop.title).to.equal('Log in')
  })

  it('ends no session of another account', async () => {
    const stranger = new Visitor(() => app.url, laptopBrowser)
    await stranger.submit('/register', { name: `eve-${name}`, password })
    await laptop.submit('/login', { name, password, to: '/devices' })
    const [id = ''] = laptop.otherDevices
    await stranger.submit('/devices/end', { id })
    await phone.open('/devices')
    expect(phone.title).to.equal('Your devices')
    expect(await stranger.open('/admin'), 'the page of the administrator').to.equal(404)
  })

  it('signs out all others when the password changes', async () => {
    await laptop.submit('/password', { name, password: 'a new password' })
    expect(laptop.notice).to.contain('signed out')
    await phone.open('/devices')
    expect(phone.title).to.equal('Log in')
    expect(await phone.submit('/login', { name, password, to: '/devices' })).to.equal(422)
    await phone.submit('/login', { name, password: 'a new password', to: '/devices' })
    expect(phone.title).to.equal('Your devices')
  })

  it('shows the administrator who is there, and ends the sessions of an account', async () => {
    await laptop.open('/admin')
    expect(laptop.page).to.contain('<td>Chrome 140</td>').and.to.contain(`<td>eve-${name}</td>`)
    const counts = (await (await laptop.request('GET', '/admin/counts')).json()) as { count: number }[]
    expect(counts.at(-1)?.count).to.equal(3)
    await laptop.submit('/admin/revoke', { name: `eve-${name}` })
    expect(laptop.notice).to.equal(`1 sessions of eve-${name} are ended.`)
  })

  it('refuses forms of other sites', async () => {
    for (const headers of [{ 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'https://example.com' }]) {
      const response = await laptop.request('POST', '/logout', {}, headers)
      expect(response.status).to.equal(403)
    }
    await laptop.open('/devices')
    expect(laptop.title).to.equal('Your devices')
  })

  it('keeps logins over a restart', async () => {
    expect(await app.stop('SIGTERM')).to.equal(0)
    await app.start()
    await laptop.open('/devices')
    expect(laptop.user).to.equal(name)
  })
})

async function dropTables(url: string): Promise<void> {
  const { type, url: address } = createDataSource(url, '').options as { type: 'postgres' | 'mariadb'; url: string }
  const dataSource = await new DataSource({ type, url: address }).initialize()
  for (const table of ['device_sessions', 'device_accounts']) await dataSource.query(`DROP TABLE ${table}`)
  await dataSource.destroy()
}

async function otherDevicesOf(visitor: Visitor): Promise<string[]> {
  await visitor.open('/devices')
  return visitor.otherDevices
}

for (const server of ['postgres', 'mariadb'] as const) {
  describe(`examples/devices on ${server}`, function () {
    this.timeout(30_000)

    it('runs where DATABASE_URL says', async function () {
      if (!(await isReachable(server))) this.skip()
      const app = new StartedApp({ DATABASE_URL: urlOf(server) })
      await app.start()
      try {
        const visitor = new Visitor(() => app.url, laptopBrowser)
        await visitor.submit('/register', { name: `bob-${Date.now()}`, password })
        expect(visitor.title).to.equal('Your devices')
        await visitor.open('/cart')
        await visitor.submit('/cart/twenty')
        expect(visitor.cart).to.deep.equal({ tea: 20 })
      } finally {
        expect(await app.stop('SIGTERM')).to.equal(0)
        await dropTables(urlOf(server))
      }
    })
  })
}
