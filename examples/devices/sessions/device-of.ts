import Bowser from 'bowser'

/** The names of the browser and the system of a request, for a list that people read. */
export function deviceOf(userAgent: string): { browser: string; system: string } {
  if (userAgent === '') return { browser: 'Unknown browser', system: 'unknown system' }
  const { browser, os } = Bowser.parse(userAgent.slice(0, 500))
  const version = browser.version?.split('.')[0]
  return {
    browser: [browser.name ?? 'Unknown browser', version].filter(Boolean).join(' ').slice(0, 100),
    system: [os.name ?? 'unknown system', os.versionName ?? ''].filter(Boolean).join(' ').slice(0, 100),
  }
}
