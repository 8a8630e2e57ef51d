import { expect } from 'chai'
import type { Finding } from '../../../src/cli/doctor/check.js'
import type { Diagnosis } from '../../../src/cli/doctor/examine.js'
import type { Site } from './site.js'

/** What the doctor finds on this site, by the names of its checks. */
export async function findingsOf(site: Site, env: NodeJS.ProcessEnv = {}): Promise<Record<string, readonly Finding[]>> {
  const { code, out, err } = await site.run(['doctor', '--json'], { env })
  const { checks } = JSON.parse(out || '{"checks":[]}') as { checks: Diagnosis[] }
  const found = checks.filter(({ findings }) => findings.length > 0)
  expect(code, err).to.equal(found.length > 0 ? 3 : 0)
  return Object.fromEntries(found.map(({ check, findings }) => [check, findings]))
}
