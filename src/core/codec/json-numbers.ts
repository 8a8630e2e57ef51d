import { endOfString } from './json-text.js'
import { notSerializable } from './serializer.js'

/** Numbers that JavaScript may not hold exactly. Without a quantifier, and apart, the two are searched for ten times as fast. */
const [long, exponential] = [new RegExp('[\\d.]'.repeat(16)), /\d[eE]/]

/** The numbers of a JSON text by what JavaScript writes for them; for each the texts of those that it takes for one. */
type Numbers = ReadonlyMap<string, ReadonlyMap<string, string>>

/**
 * Writes the numbers in the JSON `text` as they stand in `sources`, the texts that its values were read from: there may be
 * some that JavaScript reads, and would write, as others. Throws `DATA_NOT_SERIALIZABLE` where it cannot be told which one
 * is meant.
 */
export function keepNumbers(text: string, sources: readonly string[]): string {
  if (!sources.some((source) => long.test(source) || exponential.test(source))) return text
  const numbers = numbersOf(sources)
  return replaceNumbers(text, (number) => numberIn(numbers, number))
}

function numberIn(numbers: Numbers, number: string): string {
  const candidates = numbers.get(number)
  const [first] = candidates ?? []
  if (!candidates || !first || (candidates.size === 1 && candidates.has(decimalOf(number)))) return number
  const [, source] = first
  if (candidates.size === 1 && number !== '0') return source
  const all = [...candidates.values()].join(' or ')
  throw notSerializable(`JavaScript reads ${number} for ${all}, so that it is not known which of them to write`)
}

function numbersOf(sources: readonly string[]): Numbers {
  const numbers = new Map<string, Map<string, string>>()
  for (const source of sources) {
    replaceNumbers(source, (number) => {
      const read = JSON.stringify(Number(number))
      const candidates = numbers.get(read) ?? new Map<string, string>()
      const decimal = decimalOf(number)
      if (!candidates.has(decimal)) candidates.set(decimal, number)
      numbers.set(read, candidates)
      return number
    })
  }
  return numbers
}

function replaceNumbers(text: string, replace: (number: string) => string): string {
  const next = /"|-?\d[-+.\deE]*/g
  let written = ''
  let from = 0
  for (let found = next.exec(text); found; found = next.exec(text)) {
    const [token] = found
    if (token === '"') next.lastIndex = endOfString(text, found.index)
    else {
      written += text.slice(from, found.index) + replace(token)
      from = next.lastIndex
    }
  }
  return written + text.slice(from)
}

/** One text for all texts of a number: its digits, and its exponent. */
function decimalOf(number: string): string {
  const [mantissa = '', exponent = '0'] = number.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.')
  const digits = whole + fraction
  let [start, end] = [0, digits.length]
  while (digits[start] === '0') start++
  if (start === end) return '0'
  while (digits[end - 1] === '0') end--
  const power = Number(exponent) - fraction.length + digits.length - end
  return `${mantissa.startsWith('-') ? '-' : ''}${digits.slice(start, end)}e${power}`
}
