import { expect } from 'chai'
import { SessionManager } from 'koa-session-model'
import { read } from './support/project.js'

const page = read('docs/manager.md')

describe('docs/manager.md', () => {
  for (const name of Object.getOwnPropertyNames(SessionManager.prototype)) {
    if (name !== 'constructor') it(`has the method ${name}`, () => expect(page).to.match(new RegExp(`\\b${name}\\(`)))
  }

  const events = read('src/core/events.ts').match(/export interface SessionEvents \{(.*?)\n\}/s)?.[1] ?? ''
  for (const [, name] of events.matchAll(/^ {2}(\w+): /gm)) {
    it(`has the event ${name}`, () => expect(page).to.include(`| \`${name}\` |`))
  }
})
