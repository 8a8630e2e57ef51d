import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './project.js'
import { expectSuccess, run, runNode } from './run.js'

/** The package as npm would publish it, made of what has been built. */
export interface Tarball {
  readonly path: string
  remove(): void
}

/** Bundles a copy, as `prepack` bundles the package itself, so that the build stays as other tests need it. */
export async function packTarball(): Promise<Tarball> {
  const folder = temporaryFolder()
  const path = await pack(root, folder)
  expectSuccess(await run('tar', ['-xzf', path, '-C', folder]))
  rmSync(path)
  const copy = join(folder, 'package')
  expectSuccess(await runNode([join(root, 'scripts/bundle.mjs'), copy]))
  return { path: await pack(copy, folder), remove: () => rmSync(folder, { recursive: true }) }
}

async function pack(packed: string, destination: string): Promise<string> {
  expectSuccess(await run('npm', ['pack', packed, '--ignore-scripts', '--pack-destination', destination]))
  const [name = ''] = readdirSync(destination).filter((file) => file.endsWith('.tgz'))
  return join(destination, name)
}

/** A new folder outside of the package, so that nothing in it finds the package's own dependencies. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'koa-session-model-'))
}
