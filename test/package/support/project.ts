import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The folder of the package. */
export const root = join(import.meta.dirname, '../../../..')

/** Where the code and the types of a subpath are. */
export interface Files {
  readonly types: string
  readonly default: string
}

/** What a subpath is for those who import it, and for those who require it. */
export interface Target {
  readonly import: Files
  readonly require: Files
}

interface Manifest {
  readonly name: string
  readonly repository: { readonly url: string }
  readonly main: string
  readonly types: string
  readonly dependencies: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string | Target>>
  readonly typesVersions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
  readonly bin?: Readonly<Record<string, string>>
}

export const manifest = JSON.parse(read('package.json')) as Manifest

/** The text of a file of the package. */
export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** The paths, relative to the package, of the files in a folder and below it. */
export function filesIn(folder: string, extension: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith(extension))
    .sort()
}
