import { makeApp } from './app.mjs'

export default () => makeApp()
