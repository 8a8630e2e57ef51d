/**
 * The decimal number as a database writes it, rounded to `scale` digits after the point; without a `scale`, with the digits
 * of the text. `undefined` if the text is no number.
 */
export function decimalText(text: string, scale: number | undefined): string | undefined {
  const parts = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?\s*$/i.exec(text)
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts ?? []
  if (!parts || whole + fraction === '') return undefined
  let digits = BigInt(whole + fraction)
  let places = fraction.length - Number(exponent)
  const wanted = scale ?? Math.max(places, 0)
  for (; places < wanted; places++) digits *= 10n
  if (places > wanted) digits = rounded(digits, 10n ** BigInt(places - wanted))
  const written = digits.toString().padStart(wanted + 1, '0')
  const unsigned = wanted === 0 ? written : `${written.slice(0, -wanted)}.${written.slice(-wanted)}`
  return sign === '-' && digits !== 0n ? `-${unsigned}` : unsigned
}

/** Rounds to units, and half a unit away from zero. */
function rounded(digits: bigint, unit: bigint): bigint {
  return (digits + unit / 2n) / unit
}

/** The whole number as a database writes it; `undefined` if the text is none. */
export function wholeText(text: string): string | undefined {
  return /^\s*[+-]?\d+\s*$/.test(text) ? BigInt(text.trim().replace(/^\+/, '')).toString() : undefined
}

/** A 32-bit floating-point number, with the fewest digits that tell it from its neighbours. */
export function singleText(value: number): string {
  const single = Math.fround(value)
  for (let digits = 1; digits < 9; digits++) {
    const text = single.toPrecision(digits)
    if (Math.fround(Number(text)) === single) return String(Number(text))
  }
  return String(single)
}
