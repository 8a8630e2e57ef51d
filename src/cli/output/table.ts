/** A table for the terminal, without colours. */
export async function tableOf(head: readonly string[], rows: readonly (readonly unknown[])[]): Promise<string> {
  const { default: Table } = await import('cli-table3')
  const table = new Table({ head: [...head], style: { head: [], border: [] } })
  table.push(...rows.map((row) => row.map((cell) => (cell === null || cell === undefined ? '' : String(cell)))))
  return table.toString()
}

/** A horizontal bar for a share of the whole, at most `width` characters long. */
export function bar(part: number, whole: number, width = 30): string {
  if (whole <= 0 || part <= 0) return ''
  return '█'.repeat(Math.max(1, Math.round((part / whole) * width)))
}

/** A number of bytes in words. */
export function bytes(count: number | null): string {
  if (count === null) return 'unknown'
  const step = Math.min(3, Math.floor(Math.log2(Math.max(count, 1)) / 10))
  return `${step === 0 ? Math.round(count) : (count / 1024 ** step).toFixed(1)} ${['B', 'KiB', 'MiB', 'GiB'][step]}`
}

/** A time in words: `3 d 4 h`, `12 min 5 s`. */
export function timeInWords(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ]
  if (days > 0) return `${days} d ${hours} h`
  if (hours > 0) return `${hours} h ${minutes} min`
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`
}
