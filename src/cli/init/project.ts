import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { usageError } from '../cli-error.js'

/** The ORMs that a config can be written for. */
export const orms = ['typeorm', 'sequelize'] as const

export type Orm = (typeof orms)[number]

/** The driver of a database, and how an ORM is told to use it. */
export interface Driver {
  readonly name: string
  /** The `type` of TypeORM, or the `dialect` of Sequelize. */
  readonly type: string
}

/** What is known of the project that a config is written for. */
export interface Project {
  readonly orm: Orm
  readonly driver: Driver
  readonly isModule: boolean
  readonly hasTypeScript: boolean
}

const drivers: Readonly<Record<Orm, readonly Driver[]>> = {
  typeorm: [
    { name: 'pg', type: 'postgres' },
    { name: 'mysql2', type: 'mariadb' },
    { name: 'better-sqlite3', type: 'better-sqlite3' },
  ],
  sequelize: [
    { name: 'pg', type: 'postgres' },
    { name: 'mariadb', type: 'mariadb' },
    { name: 'mysql2', type: 'mysql' },
    { name: 'sqlite3', type: 'sqlite' },
  ],
}

/** Looks at a folder with a package.json. Throws if no ORM or no driver is installed there. */
export function projectIn(folder: string, wanted: string | undefined): Project {
  const manifest = join(folder, 'package.json')
  if (!existsSync(manifest))
    throw usageError(`There is no package.json in ${folder}. Run init in the folder of your app.`)
  const isInstalled = installedIn(manifest)
  const installed = orms.filter((orm) => isInstalled(orm === 'sequelize' ? 'sequelize-typescript' : orm))
  const orm = wanted === undefined ? installed[0] : orms.find((one) => one === wanted)
  if (!orm)
    throw usageError('No ORM is installed. Run: npm install typeorm, or: npm install sequelize sequelize-typescript')
  const driver = drivers[orm].find(({ name }) => isInstalled(name))
  if (!driver)
    throw usageError(
      `No driver for ${orm} is installed. Install one of: ${drivers[orm].map(({ name }) => name).join(', ')}`,
    )
  const { type } = JSON.parse(readFileSync(manifest, 'utf8')) as { type?: string }
  return { orm, driver, isModule: type === 'module', hasTypeScript: existsSync(join(folder, 'tsconfig.json')) }
}

function installedIn(manifest: string): (name: string) => boolean {
  const { resolve } = createRequire(manifest)
  return (name) => {
    try {
      resolve(name)
      return true
    } catch (error) {
      return (error as { code?: string }).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED'
    }
  }
}
