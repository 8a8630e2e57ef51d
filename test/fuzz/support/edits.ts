/** Changes of a text of which nothing is known. */
export const edits: readonly [string, (text: string, other: string, a: number, b: number, mark: string) => string][] = [
  [
    'flip',
    (text, _, a, b) => splice(text, a, 1, String.fromCharCode(text.charCodeAt(at(text, a)) ^ (1 << Math.floor(b * 7)))),
  ],
  ['replace', (text, _, a, __, mark) => splice(text, a, mark.length, mark)],
  ['insert', (text, _, a, __, mark) => splice(text, a, 0, mark)],
  ['drop', (text, _, a, b) => splice(text, a, 1 + Math.floor(b * 30), '')],
  ['cut the end', (text, _, a) => text.slice(0, at(text, a))],
  ['cut the beginning', (text, _, a) => text.slice(1 + at(text, a))],
  ['append', (text, _, __, ___, mark) => text + mark],
  ['repeat', (text) => text + text],
  ['end of another', (text, other, a, b) => text.slice(0, at(text, a)) + other.slice(at(other, b))],
  ['another', (_, other) => other],
]

function at(text: string, where: number): number {
  return Math.floor(where * text.length)
}

function splice(text: string, where: number, count: number, mark: string): string {
  return text.slice(0, at(text, where)) + mark + text.slice(at(text, where) + count)
}
