import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import type { DataSource } from 'typeorm'
import { createApp, type DevicesApp } from '../../../examples/devices/app.js'
import { createDataSource } from '../../../examples/devices/database.js'

/** The example behind HTTPS, with a certificate that is made here, on a database in a folder of its own. */
export class HttpsApp {
  readonly #folder = mkdtempSync(join(tmpdir(), 'devices-'))
  readonly #dataSource: DataSource
  readonly devices: DevicesApp
  #server: Server | undefined
  url = ''
  /** What the app's clock is ahead of that of the machine, in milliseconds. */
  ahead = 0

  constructor() {
    this.#dataSource = createDataSource(undefined, join(this.#folder, 'devices.db'))
    this.devices = createApp(this.#dataSource, { now: () => Date.now() + this.ahead })
    this.devices.app.silent = true
  }

  async start(): Promise<void> {
    await this.#dataSource.initialize()
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec' })
    this.#server = createServer({ key, cert }, this.devices.app.callback()).listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    this.url = `https://localhost:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections()
    this.#server?.close()
    this.devices.close()
    await this.#dataSource.destroy()
    rmSync(this.#folder, { recursive: true })
  }
}
