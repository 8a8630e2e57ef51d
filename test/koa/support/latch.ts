/** A promise that the test settles. */
export interface Latch<T = void> {
  readonly promise: Promise<T>
  readonly open: (value: T) => void
}

export function latch<T = void>(): Latch<T> {
  let open: (value: T) => void = () => {}
  const promise = new Promise<T>((resolve) => {
    open = resolve
  })
  return { promise, open }
}

/** Lets `count` callers wait until all of them have arrived. */
export function meeting(count: number): () => Promise<void> {
  const { promise, open } = latch()
  let arrived = 0
  return () => {
    arrived++
    if (arrived === count) open()
    return promise
  }
}
