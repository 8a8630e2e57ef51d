// node transform.js <tool> <from> <to> [options as JSON]: one file by the interface of swc or esbuild.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { transformFile } from '@swc/core'
import { build } from 'esbuild'

const [tool, from = '', to = '', options = '{}'] = process.argv.slice(2)

if (tool === 'esbuild') {
  await build({ entryPoints: [from], outfile: to, platform: 'node', ...JSON.parse(options) })
} else {
  const { code } = await transformFile(from)
  mkdirSync(dirname(to), { recursive: true })
  writeFileSync(to, code)
}
