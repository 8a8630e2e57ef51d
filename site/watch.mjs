// Serves the site while its sources change: pages are made anew when a document changes.

import { spawn } from 'node:child_process'

const children = [
  spawn('node', ['prepare.mjs', '--watch'], { stdio: 'inherit' }),
  spawn('npx', ['vitepress', 'dev'], { stdio: 'inherit' }),
]
for (const child of children) {
  child.on('exit', (code) => {
    for (const other of children) other.kill()
    process.exitCode = code ?? 1
  })
}
