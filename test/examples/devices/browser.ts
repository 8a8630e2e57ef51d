import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const usualPlaces = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium']

/** Where Chromium is; `undefined` if there is none. The variable `CHROMIUM` names another place. */
export const chromiumPath = process.env.CHROMIUM ?? usualPlaces.find((path) => existsSync(path))

/** Starts a Chromium that talks to this machine alone. */
export function startChromium(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('There is no Chromium. Install it, or name it in CHROMIUM.')
  const args = [
    '--no-sandbox',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ]
  return chromium.launch({ executablePath: chromiumPath, args })
}
