import type { Trial } from '../trial.js'
import { galeraKill, galeraPartition } from './galera-faults.js'
import { galeraImmediate } from './galera-immediate.js'
import { galeraStress } from './galera-stress.js'
import { partitionsTrial } from './partitions.js'
import { postgresTrials } from './postgres.js'

/** All trials, in the order in which they run. */
export const trials: readonly Trial[] = [
  galeraStress,
  galeraImmediate,
  galeraKill,
  galeraPartition,
  ...postgresTrials,
  partitionsTrial,
]
