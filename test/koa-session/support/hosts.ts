import { createRequire } from 'node:module'
import type Koa from 'koa'

/** The part of koa-session's options that the tests use. */
export interface HostOptions {
  readonly [name: string]: unknown
}

/** koa-session, of whichever version. */
export type Host = (options: HostOptions, app: Koa) => Koa.Middleware

const require = createRequire(import.meta.url)

/** The versions of koa-session that the store is for, by their names. */
export const hosts: ReadonlyMap<string, Host> = new Map([
  ['koa-session 6.1', require('koa-session-6.1') as Host],
  ['koa-session 6.4', require('koa-session-6') as Host],
  ['koa-session 7', hostIn(require('koa-session'))],
])

/** A version that tells its store of no request. */
export const oldHost = require('koa-session-6.0') as Host

/** The newest version. */
export const newest = hosts.get('koa-session 7') as Host

function hostIn(loaded: unknown): Host {
  return (loaded as { default?: Host }).default ?? (loaded as Host)
}
