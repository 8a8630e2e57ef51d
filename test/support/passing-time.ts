import { mock } from 'node:test'
import { setImmediate as soon } from 'node:timers/promises'

/** Lets everything happen that waits for nobody. */
export async function idle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await soon()
}

/** Runs `work` while time flies: whoever waits for a timeout of at most five seconds does not wait. */
export async function whileTimeFlies<T>(work: () => Promise<T>): Promise<T> {
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const working = work()
    let isOver = false
    const over = (): void => {
      isOver = true
    }
    working.then(over, over)
    while (!isOver) {
      mock.timers.tick(5000)
      await soon()
    }
    return await working
  } finally {
    mock.timers.reset()
  }
}
