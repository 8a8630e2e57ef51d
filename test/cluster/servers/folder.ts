import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownFolder } from './user.js'

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

/** Something that was opened, and is kept until it is closed. */
export interface Held<T> {
  readonly value: T
  close(): Promise<void>
}

/** Opens for the hooks of tests what `run` opens for the time of a call. */
export function hold<T>(run: (use: (value: T) => Promise<void>) => Promise<void>): Promise<Held<T>> {
  return new Promise((resolve, reject) => {
    const running = run((value) => {
      return new Promise((end) => {
        const close = (): Promise<void> => {
          end()
          return running
        }
        resolve({ value, close })
      })
    })
    running.catch(reject)
  })
}

/** A folder that is made once in this process, and copied for each server: to make one takes seconds of a processor. */
export class TemplateFolder {
  readonly #owner: 'postgres' | 'mysql'
  readonly #make: (folder: string) => void
  #made: string | undefined

  /** @param make Makes the folder whose path it gets, as the owner. */
  constructor(owner: 'postgres' | 'mysql', make: (folder: string) => void) {
    this.#owner = owner
    this.#make = make
  }

  /** Copies the folder, with its owner. */
  copyTo(target: string): void {
    this.#made ??= this.#filled()
    execFileSync('cp', ['-a', this.#made, target])
  }

  #filled(): string {
    const parent = mkdtempSync(join(tmpdir(), `${this.#owner}-template-`))
    process.once('exit', () => rmSync(parent, { recursive: true, force: true }))
    ownFolder(parent, this.#owner)
    const folder = join(parent, 'data')
    this.#make(folder)
    return folder
  }
}
