import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Adds what is to be closed at the end; the last is closed first. */
export type Closing = (close: () => unknown) => void

/** Runs `work` with a new folder, and closes what it has opened. */
export async function inFolder<T>(name: string, work: (folder: string, closing: Closing) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), `${name}-`))
  const closes: (() => unknown)[] = []
  try {
    return await work(folder, (close) => void closes.unshift(close))
  } finally {
    for (const close of closes) await close()
    await rm(folder, { recursive: true, force: true })
  }
}
