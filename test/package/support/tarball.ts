import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expectSuccess, run } from './run.js'

/** The package as npm would publish it, made of what has been built. */
export interface Tarball {
  readonly path: string
  remove(): void
}

export async function packTarball(): Promise<Tarball> {
  const folder = temporaryFolder()
  expectSuccess(await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder]))
  const [name = ''] = readdirSync(folder)
  return { path: join(folder, name), remove: () => rmSync(folder, { recursive: true }) }
}

/** A new folder outside of the package, so that nothing in it finds the package's own dependencies. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'koa-session-model-'))
}
