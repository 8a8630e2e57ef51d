import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect } from 'chai'
import { Events } from '../../src/core/events.js'

const options = { key: 'sid', auditKey: 'a key of at least sixteen characters', now: () => 0 }

/** Options that fail as soon as an event is made with them. */
const untouchable = {
  key: 'sid',
  get auditKey(): string {
    throw new Error('A name was made.')
  },
  now(): number {
    throw new Error('The clock was read.')
  },
}

describe('Events', () => {
  it('make no event that nobody hears', () => {
    const events = new Events(untouchable)
    const listener = (): void => {}
    events.on('loaded', listener)
    expect(() => events.emit('loaded', 'row', {})).to.throw('A name was made.')
    events.off('loaded', listener)
    expect(events.isHeard('loaded')).to.equal(false)
    events.emit('loaded', 'row', {})
    subscribe('koa-session-model:loaded', listener)
    try {
      expect(events.isHeard('loaded')).to.equal(true)
      expect(events.isHeard('created')).to.equal(false)
      expect(() => events.emit('loaded', 'row', {})).to.throw('A name was made.')
    } finally {
      unsubscribe('koa-session-model:loaded', listener)
    }
    events.emit('loaded', 'row', {})
  })

  it('warn of an error that no request receives, unless a listener hears it: a subscriber of the channel only watches', async () => {
    const events = new Events(options)
    const heard: unknown[] = []
    const warnings: Error[] = []
    const note = (warning: Error): void => void warnings.push(warning)
    const subscriber = (message: unknown): void => void heard.push(message)
    process.on('warning', note)
    subscribe('koa-session-model:error', subscriber)
    const [first, second] = [new Error('heard by a subscriber'), new Error('heard by a listener')]
    try {
      events.report(null, first)
      events.on('error', () => {})
      events.report(null, second)
      await new Promise(setImmediate)
    } finally {
      process.off('warning', note)
      unsubscribe('koa-session-model:error', subscriber)
    }
    expect(warnings).to.deep.equal([first])
    expect(heard).to.deep.equal([first, second].map((error) => ({ key: 'sid', at: new Date(0), session: null, error })))
  })
})
