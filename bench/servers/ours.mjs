import { session } from '../../dist/src/index.js'
import { makeApp } from './app.mjs'

/** This package, with its own defaults, on a model. */
export const ours = (model) => makeApp(session({ model }))
