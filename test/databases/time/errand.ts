/** What a process is sent to do. */
export interface Errand {
  readonly task: 'store' | 'ask'
  readonly orm: 'typeorm' | 'sequelize'
  readonly row: string
  readonly table: string
  readonly file: string
  /** The time zone of its connection. */
  readonly timezone: string
}

/** Whether a session is expired so many seconds after the moment of its expiry, asked in every way there is. */
export interface Answer {
  readonly moment: string
  readonly seconds: number
  readonly onRow: boolean | undefined
  readonly onSession: boolean
  /** How many sessions are expired, and how many are not. */
  readonly onClass: number
  readonly active: number
}

/**
 * Expiries in order: in summer; half past one in New York on the night when summer time ends, twice; in the hour that
 * the night in spring leaves out; in winter.
 */
export const moments = [
  '2026-07-01T12:00:00.000Z',
  '2026-11-01T05:30:00.000Z',
  '2026-11-01T06:30:00.000Z',
  '2027-01-15T23:59:59.000Z',
  '2027-03-14T07:30:00.000Z',
] as const

/** The questions: one second before each expiry, at it, and one second after. */
export const answers = moments.flatMap((moment) => [-1, 0, 1].map((seconds) => ({ moment, seconds })))

/** What a process must answer. */
export const expected: readonly Answer[] = answers.map(({ moment, seconds }) => {
  const isExpired = seconds >= 0
  const onClass = moments.indexOf(moment) + (isExpired ? 1 : 0)
  return { moment, seconds, onRow: isExpired, onSession: isExpired, onClass, active: moments.length - onClass }
})
