import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './project.js'

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
}

/**
 * Links packages that are installed here into another `node_modules`, and with them all that they depend on. As for
 * npm, `name@npm:other` gives the package `other` another name.
 */
export function linkPackages(specs: readonly string[], nodeModules: string): void {
  const seen = new Set<string>()
  const link = (spec: string, dependent: string) => {
    const [name = spec, installed = name] = spec.split('@npm:')
    const target = locate(installed, dependent)
    if (!target || seen.has(target)) return
    seen.add(target)
    if (target === join(root, 'node_modules', installed)) symlink(target, join(nodeModules, name))
    const { dependencies = {} } = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8')) as Manifest
    for (const dependency of Object.keys(dependencies)) link(dependency, target)
  }
  for (const spec of specs) link(spec, root)
}

/** The folder of the package that `dependent` gets when it imports `name`. One below a link comes along with it. */
function locate(name: string, dependent: string): string | undefined {
  const folder = join(dependent, 'node_modules', name)
  if (existsSync(folder)) return folder
  return dependent === root ? undefined : locate(name, dirname(dependent))
}

function symlink(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(target, path)
}
