import { servers } from '../support/databases.js'
import { missingPackages } from './missing.js'
import type { Trial } from './trial.js'

/**
 * Declares tests that start servers of their own, which takes a minute. They run with `CLUSTER=1`, where their packages are
 * installed; else the title of one that is left out says so.
 */
export function describeCluster(title: string, needs: Trial['needs'], declare: () => void): void {
  describe(`${title} (with CLUSTER=1)`, function () {
    this.timeout('3m')
    const missing = missingPackages({ needs })
    if (!process.env.CLUSTER) it('left out: CLUSTER=1 is not set')
    else if (missing.length > 0) it(`left out: apt-get install ${missing.join(' ')}`)
    else {
      const restore = rememberServers()
      declare()
      after(restore)
    }
  })
}

/** Remembers where the tests find their servers, and gives what restores that: clusters lead to servers of their own. */
function rememberServers(): () => void {
  const known = structuredClone(servers)
  const env = { ...process.env }
  return () => {
    for (const server of ['postgres', 'mariadb'] as const) Object.assign(servers[server], known[server])
    for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name]
    Object.assign(process.env, env)
  }
}
