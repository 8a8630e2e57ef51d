import { inOneLine } from '../cli-error.js'
import type { Opened } from '../load/open-config.js'
import { readCatalog } from './catalog/read-catalog.js'
import { type Check, type Finding, failure, type Patient } from './check.js'
import { checks } from './checks/index.js'

/** What one check has found. */
export interface Diagnosis {
  readonly check: string
  /** `skipped`: the check says nothing about this database or table. */
  readonly state: 'ok' | 'warning' | 'failure' | 'skipped'
  readonly findings: readonly Finding[]
}

/** Runs all checks, one after the other. */
export async function examine(opened: Opened): Promise<Diagnosis[]> {
  const patient: Patient = { ...opened, catalog: await readCatalog(opened.access), environment: process.env }
  const diagnoses: Diagnosis[] = []
  for (const check of checks) diagnoses.push(await diagnose(check, patient))
  return diagnoses
}

async function diagnose(check: Check, patient: Patient): Promise<Diagnosis> {
  const { name, databases } = check
  const { database } = patient.access.text
  const isMeant = !databases || databases.some((one) => one === database)
  const findings = isMeant ? await findingsOf(check, patient) : undefined
  if (!findings) return { check: name, state: 'skipped', findings: [] }
  const [first] = findings
  const isBad = findings.some(({ level }) => level === 'failure')
  return { check: name, state: isBad ? 'failure' : (first?.level ?? 'ok'), findings }
}

/** A check that fails is a finding, and the others run all the same. */
async function findingsOf(check: Check, patient: Patient): Promise<readonly Finding[] | undefined> {
  try {
    return await check.run(patient)
  } catch (error) {
    return [failure(`The check failed: ${inOneLine(error)}`, 'Give the role of the app the right to ask for this.')]
  }
}
