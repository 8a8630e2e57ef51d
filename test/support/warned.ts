import { setImmediate as nextTurn } from 'node:timers/promises'

/** The warnings with this code that came while `act` ran. */
export async function warned(code: string, act: () => Promise<void>): Promise<Error[]> {
  const warnings: Error[] = []
  const note = (warning: Error): void => {
    if (Reflect.get(warning, 'code') === code) warnings.push(warning)
  }
  process.on('warning', note)
  try {
    await act()
    await nextTurn()
  } finally {
    process.off('warning', note)
  }
  return warnings
}
