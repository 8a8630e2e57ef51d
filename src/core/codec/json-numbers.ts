import { endOfString } from './json-members.js'
import { notSerializable } from './serializer.js'

/** Match numbers that JavaScript may not hold exactly. As two patterns without a quantifier they are ten times as fast. */
const [long, exponential] = [new RegExp('[\\d.]'.repeat(16)), /\d[eE]/]

/** The numbers in JSON texts: for each text that JavaScript writes, the original texts of the numbers that it stands for. */
type Numbers = ReadonlyMap<string, ReadonlyMap<string, string>>

/**
 * Restores the numbers in the JSON `text` that JavaScript has rounded, as they stand in `sources`, the texts that the values
 * were read from. Throws `DATA_NOT_SERIALIZABLE` if it is not clear which number is meant.
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

/** A normal form for all texts of one number: its digits and its exponent. */
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
