const units: Readonly<Record<string, readonly [months: number, days: number, seconds: number]>> = {
  year: [12, 0, 0],
  month: [1, 0, 0],
  mon: [1, 0, 0],
  week: [0, 7, 0],
  day: [0, 1, 0],
  hour: [0, 0, 3600],
  minute: [0, 0, 60],
  min: [0, 0, 60],
  second: [0, 0, 1],
  sec: [0, 0, 1],
}

/** The interval in PostgreSQL's default style; `undefined` if the text is not whole numbers of units. */
export function intervalText(text: string): string | undefined {
  const parts = text.trim().match(/\d+ ?[a-z]+|\d+:\d\d(:\d\d)?|\S+/gi) ?? []
  let [months, days, seconds] = [0, 0, 0]
  for (const part of parts) {
    const clock = /^(\d+):(\d\d)(?::(\d\d))?$/.exec(part)
    const [, amount, unit = ''] = /^(\d+) ?([a-z]+?)s?$/i.exec(part) ?? []
    const size = clock ? undefined : units[unit.toLowerCase()]
    if (!clock && !size) return undefined
    months += Number(amount ?? 0) * (size?.[0] ?? 0)
    days += Number(amount ?? 0) * (size?.[1] ?? 0)
    seconds += clock
      ? Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3] ?? 0)
      : Number(amount) * (size?.[2] ?? 0)
  }
  return written(months, days, seconds)
}

function written(months: number, days: number, seconds: number): string {
  const counted = [count(Math.floor(months / 12), 'year'), count(months % 12, 'mon'), count(days, 'day')]
  const dates = counted.filter((part) => part !== '')
  if (seconds === 0 && dates.length > 0) return dates.join(' ')
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return [...dates, clock.map((part) => String(part).padStart(2, '0')).join(':')].join(' ')
}

function count(amount: number, unit: string): string {
  if (amount === 0) return ''
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`
}
