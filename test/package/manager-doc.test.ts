import { expect } from 'chai'
import { SessionManager } from 'koa-session-model'
import { read } from './support/project.js'

const page = read('docs/manager.md')

describe('docs/manager.md', () => {
  const members = {
    ...Object.getOwnPropertyDescriptors(Object.getPrototypeOf(SessionManager.prototype)),
    ...Object.getOwnPropertyDescriptors(SessionManager.prototype),
  } as Record<string, PropertyDescriptor>
  for (const [name, { get }] of Object.entries(members)) {
    if (name === 'constructor') continue
    const shown = get ? `| \`${name}\` |` : `${name}(`
    it(`has the member ${name}`, () => expect(page).to.include(shown))
  }

  const events = read('src/core/events.ts').match(/export interface SessionEvents \{(.*?)\n\}/s)?.[1] ?? ''
  for (const [, name] of events.matchAll(/^ {2}(\w+): /gm)) {
    it(`has the event ${name}`, () => expect(page).to.include(`| \`${name}\` |`))
  }
})
