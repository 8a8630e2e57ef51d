import { Session } from 'node:inspector/promises'

let session

/** Begins to sample where the process spends its time. */
export async function startProfile() {
  session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: 100 })
  await session.post('Profiler.start')
}

/** The share of the busy time of every part, and of the functions that take most. */
export async function stopProfile() {
  const { profile } = await session.post('Profiler.stop')
  session.disconnect()
  const busy = profile.nodes.filter(({ callFrame }) => callFrame.functionName !== '(idle)')
  const total = busy.reduce((sum, { hitCount }) => sum + hitCount, 0)
  const shares = (nameOf, most) => {
    const sums = new Map()
    for (const { callFrame, hitCount } of busy) {
      const name = nameOf(callFrame)
      sums.set(name, (sums.get(name) ?? 0) + hitCount / total)
    }
    const sorted = [...sums].sort((a, b) => b[1] - a[1])
    return Object.fromEntries(sorted.slice(0, most).filter(([, share]) => share >= 0.003))
  }
  return { parts: shares(partOf, 12), functions: shares(functionOf, 90) }
}

/** The package, or what else it belongs to. */
function partOf({ url, functionName }) {
  const packages = url.split('node_modules/')
  if (packages.length > 1) return packages.at(-1).match(/^(@[^/]+\/)?[^/]+/)[0]
  if (url.includes('/dist/src/')) return 'koa-session-model'
  if (url.includes('/bench/')) return 'the application'
  if (url.startsWith('node:')) return 'Node.js, JavaScript'
  return functionName === '(garbage collector)' ? 'garbage collector' : 'Node.js, native'
}

function functionOf(frame) {
  const { url, functionName, lineNumber } = frame
  const file = url.split(/node_modules\/|\/dist\/src\/|\/bench\//).at(-1)
  const name = functionName || '(anonymous)'
  return url ? `${name} ${file}:${lineNumber + 1}` : name
}
