import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, loadavg, release, totalmem, type } from 'node:os'

const shown = ['koa', 'koa-session', 'typeorm', 'sequelize', 'sequelize-typescript', 'pg', 'mysql2', 'better-sqlite3']
const peers = ['connect-typeorm', 'connect-session-sequelize', 'express-session', 'koa-connect']

/** The load averages of 1, 5 and 15 minutes. */
export function describeLoad() {
  return loadavg()
    .map((value) => value.toFixed(1))
    .join(' ')
}

/** Processors, memory and systems. */
export function describeMachine() {
  const [first] = cpus()
  const model = first?.model.trim() || 'unknown model'
  const kernel = release().split('.', 2).join('.')
  return `${cpus().length} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GB; ${type()} ${kernel}; Node.js ${process.version}`
}

/** The packages that are compared, with their versions. */
export function describePackages() {
  return [...shown, ...peers].map((name) => `${name} ${versionOf(name)}`).join(', ')
}

/** Not every package lets its package.json be imported. */
function versionOf(name) {
  for (const folder of createRequire(import.meta.url).resolve.paths(name) ?? []) {
    try {
      return JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')).version
    } catch {
      // It may be in the next folder.
    }
  }
  return '?'
}
