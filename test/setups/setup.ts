/** The versions of TypeScript that are tried. */
export type TypeScriptVersion = '5.4' | '5.6' | '5.9' | '7'

/**
 * What commands start: development dependencies, and programs of ours in this folder, which use their interfaces because
 * their commands are slow or are packages of their own.
 */
export type Tool =
  | 'compile'
  | 'jest'
  | 'mocha'
  | 'node'
  | 'transform'
  | 'ts-node'
  | 'tsc'
  | 'tsx'
  | 'typeorm'
  | 'vitest'

export type Command = readonly [Tool, ...string[]]

/** A project of a user: its files, and how it is built and run. */
export interface Setup {
  readonly title: string
  /** What the project has installed as `typescript`; 5.9 if absent. */
  readonly typescript?: TypeScriptVersion
  /** What it has installed as `typeorm`; 1 if absent. */
  readonly typeorm?: '0.3' | '1'
  /** Whether `npm test` tries it too, and not only ALL_SETUPS=1. */
  readonly isQuick?: boolean
  /** Commands that make the project; the files are written over what they make. */
  readonly start?: readonly Command[]
  /** The content of each file; an object is written as JSON. */
  readonly files: Readonly<Record<string, string | object>>
  readonly commands: readonly Command[]
  /** What the commands print, for what cannot work; docs/tooling.md has it too. */
  readonly fails?: string
}
