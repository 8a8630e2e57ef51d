// The parts that the pictures of the docs are drawn with. A picture follows the reader's light or dark colours.

const style = `
    text { fill: #1f2328; font: 14px system-ui, sans-serif; text-anchor: middle }
    .left { text-anchor: start } .bold { font-weight: 600 } .code { font-family: ui-monospace, monospace; font-size: 13px }
    .small { font-size: 12px; fill: #57606a }
    .card { fill: #ffffff; stroke: #d0d7de }
    .box { fill: #f6f8fa; stroke: #8c959f }
    .line { fill: none; stroke: #57606a; stroke-width: 1.5 }
    .dashed { fill: none; stroke: #afb8c1; stroke-dasharray: 3 4 }
    .head { fill: #57606a }
    .blue { stroke: #0969da } text.blue { stroke: none; fill: #0550ae } rect.blue { fill: #ddf4ff }
    .amber { stroke: #bc4c00 } text.amber { stroke: none; fill: #953800 } rect.amber { fill: #fff1e5 }
    .green { stroke: #1a7f37 } text.green { stroke: none; fill: #116329 } rect.green { fill: #dafbe1 }
    .red { stroke: #cf222e } text.red { stroke: none; fill: #a40e26 } rect.red { fill: #ffebe9 }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 } .small, .head { fill: #9198a1 } .card { fill: #0d1117; stroke: #3d444d }
      .box { fill: #151b23; stroke: #656c76 } .line { stroke: #9198a1 } .dashed { stroke: #656c76 }
      .blue { stroke: #4493f8 } text.blue { fill: #79c0ff } rect.blue { fill: #121d2f }
      .amber { stroke: #db6d28 } text.amber { fill: #ffa657 } rect.amber { fill: #2a1a0e }
      .green { stroke: #3fb950 } text.green { fill: #7ee787 } rect.green { fill: #12261e }
      .red { stroke: #f85149 } text.red { fill: #ff9e97 } rect.red { fill: #25171c }
    }`

/** A whole picture. `description` says to those who do not see it what it shows. */
export function picture(title, description, width, height, parts) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="t d">
  <title id="t">${escaped(title)}</title>
  <desc id="d">${escaped(description)}</desc>
  <style>${style}
  </style>
  <defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="head" d="M0 0 8 4 0 8Z"/></marker></defs>
  <rect class="card" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>
${parts
  .flat(Number.POSITIVE_INFINITY)
  .map((part) => `  ${part}`)
  .join('\n')}
</svg>
`
}

/** A line of text. `kinds` are classes of the style, such as `'bold blue'`. */
export function text(x, y, words, kinds = '') {
  return `<text${classes(kinds)} x="${x}" y="${y}">${escaped(words)}</text>`
}

/** A box with lines of text in its middle. The first line is bold. */
export function box(x, y, width, height, lines, kind = '') {
  const first = y + height / 2 + 5 - (lines.length - 1) * 9
  return [
    `<rect${classes(`box ${kind}`)} x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>`,
    ...lines.map((line, index) => text(x + width / 2, first + index * 18, line, index === 0 ? 'bold' : 'small')),
  ]
}

/** An arrow through these points, with words over the middle of its first part. */
export function arrow(points, words = '', kinds = '') {
  const [[x1, y1], [x2, y2]] = points
  const label =
    words === '' ? [] : [text((x1 + x2) / 2, Math.min(y1, y2) + Math.abs(y1 - y2) / 2 - 7, words, `small ${kinds}`)]
  return [
    `<path${classes(`line ${kinds}`)} marker-end="url(#a)" d="M${points.map(([x, y]) => `${x} ${y}`).join('L')}"/>`,
    ...label,
  ]
}

/** A dashed line. */
export function dashed(x1, y1, x2, y2) {
  return `<path class="dashed" d="M${x1} ${y1}L${x2} ${y2}"/>`
}

/** A bar of a time line, with words in it. */
export function bar(x, y, width, words, kind) {
  return [
    `<rect${classes(kind)} x="${x}" y="${y}" width="${width}" height="28" rx="4"/>`,
    text(x + width / 2, y + 19, words, kind),
  ]
}

/** A sequence: who takes part, and the messages `[from, to, words]` in their order. One to oneself is a loop. */
export function sequence(width, names, messages) {
  const step = width / names.length
  const at = (name) => step * (names.indexOf(name) + 0.5)
  const end = 92 + messages.length * 40
  return [
    names.map((name) => [box(at(name) - 68, 20, 136, 36, [name]), dashed(at(name), 56, at(name), end)]),
    messages.map(([from, to, words], index) => {
      const y = 98 + index * 40
      const x = at(from)
      if (from !== to)
        return arrow(
          [
            [x, y],
            [at(to), y],
          ],
          words,
        )
      return [
        arrow([
          [x, y - 10],
          [x + 26, y - 10],
          [x + 26, y + 6],
          [x + 3, y + 6],
        ]),
        text(x + 34, y + 2, words, 'left small'),
      ]
    }),
  ]
}

function classes(kinds) {
  return kinds.trim() === '' ? '' : ` class="${kinds.trim()}"`
}

function escaped(words) {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
