import { posix } from 'node:path'
import { read } from './project.js'

/** One import, re-export, dynamic import or module augmentation. */
export interface Import {
  readonly kind: 'value' | 'type' | 'dynamic'
  readonly isExport: boolean
  /** A path relative to the package for a file of ours, else what the statement says. */
  readonly target: string
}

const statements =
  /^(?<keyword>import|export)\s+(?<type>type\s)?(?<clause>[\w*][\w\s,*]*)?(?<names>\{[^}]*\})?\s*(?:from\s*)?['"](?<specifier>[^'"]+)['"]/gm
const calls = /^(?!\s*(?:\*|\/\/)).*?\b(?:import|require)\(\s*['"](?<specifier>[^'"]+)['"]/gm
const augmentations = /^\s*declare module ['"](?<specifier>[^'"]+)['"]/gm

/** Everything that a file of ours imports. */
export function importsOf(file: string): Import[] {
  const text = read(file)
  const found = (pattern: RegExp) => [...text.matchAll(pattern)].map(({ groups = {} }) => groups)
  const target = ({ specifier = '' }: Groups) => resolve(file, specifier)
  return [
    ...found(statements).map((groups) => ({
      kind: isTypeOnly(groups) ? ('type' as const) : ('value' as const),
      isExport: groups.keyword === 'export',
      target: target(groups),
    })),
    ...found(calls).map((groups) => ({ kind: 'dynamic' as const, isExport: false, target: target(groups) })),
    ...found(augmentations).map((groups) => ({ kind: 'type' as const, isExport: false, target: target(groups) })),
  ]
}

type Groups = Readonly<Record<string, string | undefined>>

function isTypeOnly({ type, clause, names }: Groups): boolean {
  if (type || clause || !names) return type !== undefined
  return names
    .slice(1, -1)
    .split(',')
    .filter((name) => name.trim() !== '')
    .every((name) => /^\s*type\s/.test(name))
}

function resolve(file: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier
  return posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts')
}
