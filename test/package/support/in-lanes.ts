/** Starts tasks in order, at most `lanes` at a time. They must not reject. */
export function inLanes<T>(lanes: number, tasks: readonly (() => Promise<T>)[]): Promise<T>[] {
  const ends: Promise<unknown>[] = []
  return tasks.map((task, index) => {
    const lane = index % lanes
    const result = Promise.resolve(ends[lane]).then(task)
    ends[lane] = result
    return result
  })
}
