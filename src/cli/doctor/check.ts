import type { Opened } from '../load/open-config.js'
import type { Catalog } from './catalog/catalog.js'

/** Something that is wrong, or will be. */
export interface Finding {
  /** `failure`: sessions fail or are not safe. `warning`: they will, under load or later. */
  readonly level: 'failure' | 'warning'
  readonly problem: string
  readonly cure: string
}

/** The sessions that are examined. */
export interface Patient extends Opened {
  readonly catalog: Catalog
  readonly environment: NodeJS.ProcessEnv
}

/** One thing that the doctor looks at. */
export interface Check {
  /** A stable name. */
  readonly name: string
  /** The databases that it is for. Default: all. */
  readonly databases?: readonly ('postgres' | 'mysql' | 'sqlite')[]
  /** Resolves to what was found: nothing if all is well; `undefined` if the check says nothing here. */
  run(patient: Patient): Promise<readonly Finding[] | undefined>
}

export function failure(problem: string, cure: string): Finding {
  return { level: 'failure', problem, cure }
}

export function warning(problem: string, cure: string): Finding {
  return { level: 'warning', problem, cure }
}
