import { expect } from 'chai'
import { idle } from '../../support/passing-time.js'
import { rotate, watching } from '../support/watching.js'

const minute = 60

async function watched() {
  const process = watching({ maxAge: '10m', touchAfter: 0.1 })
  const session = await process.begin()
  const watch = await process.watch(session)
  process.backend.takeCalls()
  const touch = async (): Promise<void> => {
    watch.touch()
    await idle()
  }
  return { ...process, session, watch, touch }
}

describe('touch() of a watch', () => {
  it('keeps the session alive, and writes only if that gains more than touchAfter', async () => {
    const { clock, backend, touch, watch } = await watched()
    let touches = 0
    for (let second = 0; second < 60 * minute; second += 5) {
      await clock.let(5)
      await touch()
      touches += backend.takeCalls().filter((call) => call === 'touch').length
    }
    expect(watch.reason).to.equal(undefined)
    expect(touches).to.be.within(50, 60)
    await clock.let(11 * minute)
    expect(watch.reason).to.equal('expired')
  })

  it('writes once at a time', async () => {
    const { clock, backend, touch, watch } = await watched()
    await clock.let(5 * minute)
    backend.takeCalls()
    for (let n = 0; n < 10; n++) watch.touch()
    await touch()
    expect(backend.takeCalls()).to.deep.equal(['touch'])
  })

  it('reads the session again if somebody has written to it', async () => {
    const { clock, backend, touch, opened, session } = await watched()
    await clock.let(5 * minute)
    const other = await opened(session.id)
    other.properties.set('n', 1)
    await other.save()
    await touch()
    backend.takeCalls()
    await clock.let(5 * minute)
    const again = await opened(session.id)
    again.properties.set('n', 2)
    await again.save()
    await clock.let(2 * minute)
    await touch()
    expect((await backend.row()).expires.getTime()).to.equal(clock.now() + 10 * minute * 1000)
  })

  it('keeps a session alive that got another id elsewhere or here', async () => {
    const { clock, backend, touch, opened, session } = await watched()
    const other = await opened(session.id)
    await rotate(other)
    await clock.let(5 * minute)
    await touch()
    expect((await backend.row()).expires.getTime()).to.equal(clock.now() + 10 * minute * 1000)
  })

  it('tells at once of an end that it meets', async () => {
    const { clock, touch, other, session, watch } = await watched()
    await clock.let(5 * minute)
    await other.delete(session.id)
    await touch()
    expect(watch.reason).to.equal('ended')
  })

  it('does not go beyond the absolute timeout, and does nothing for a watch that is over', async () => {
    const process = watching({ maxAge: '10m', absoluteTimeout: '15m', touchAfter: 0 })
    const session = await process.begin()
    const watch = await process.watch(session)
    for (let n = 0; n < 10; n++) {
      await process.clock.let(minute)
      watch.touch()
      await idle()
    }
    expect((await process.backend.row()).expires.getTime() - process.clock.now()).to.equal(5 * minute * 1000)
    watch.stop()
    process.backend.takeCalls()
    watch.touch()
    await idle()
    expect(process.backend.takeCalls()).to.deep.equal([])
  })

  it('reports a failure of the database, and tries again at the next call', async () => {
    const { clock, backend, touch, shared, watch } = await watched()
    const errors: unknown[] = []
    shared.events.on('error', ({ error }) => errors.push(error))
    await clock.let(5 * minute)
    backend.before = (call) => call === 'touch' && Promise.reject(new Error('down'))
    await touch()
    expect([errors.length, watch.reason]).to.deep.equal([1, undefined])
    backend.before = () => {}
    await touch()
    expect((await backend.row()).expires.getTime()).to.equal(clock.now() + 10 * minute * 1000)
  })
})
