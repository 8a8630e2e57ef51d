/** The values of columns as JSON can hold them. */
export function shownColumns(columns: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(columns).map(([name, value]) => [name, shownValue(value)]))
}

/** One value as JSON can hold it: 64-bit numbers and bytes become text. */
export function shownValue(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
}
