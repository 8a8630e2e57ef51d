import { kinds, labelOf } from '../competitors.mjs'
import { summary } from '../statistics.mjs'

const themes = {
  light: { text: '#1f2328', muted: '#59636e', peer: '#8c959f', ours: '#0969da', whisker: '#1f2328', back: '#ffffff' },
  dark: { text: '#f0f6fc', muted: '#9198a1', peer: '#656c76', ours: '#4493f8', whisker: '#f0f6fc', back: '#0d1117' },
}

const [width, labelWidth, barHeight, step, top] = [800, 350, 18, 28, 74]

/** Bars for the requests per second of each competitor, the fastest first; a line from the slowest round to the fastest. */
export function chartOf(kind, byName, competitors, theme) {
  const colors = themes[theme]
  const bars = competitors
    .filter(({ name }) => byName[name])
    .map((competitor) => ({ ...competitor, ...summary(byName[competitor.name].map(({ perSecond }) => perSecond)) }))
    .sort((a, b) => b.median - a.median)
  const scale = (width - labelWidth - 80) / Math.max(...bars.map(({ max }) => max))
  const height = top + bars.length * step + 12
  const title = `Requests per second, ${kind}: ${kinds[kind]}`
  const described = bars.map((bar) => `${labelOf(bar)}: ${Math.round(bar.median)}`).join('; ')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="t d">
<title id="t">${escaped(title)}</title>
<desc id="d">${escaped(described)}</desc>
<rect width="${width}" height="${height}" fill="${colors.back}"/>
<g font-family="system-ui, sans-serif" font-size="13" fill="${colors.text}">
<text x="12" y="24" font-size="15" font-weight="600">Requests per second: ${kind}</text>
<text x="12" y="43" fill="${colors.muted}">A request: ${escaped(kinds[kind])}</text>
<text x="12" y="61" fill="${colors.muted}">64 keep-alive connections. Bars: medians. Lines: from the slowest round to the fastest</text>
${bars.map((bar, index) => barOf(bar, top + index * step, scale, colors)).join('\n')}
</g>
</svg>
`
}

function barOf(bar, y, scale, colors) {
  const length = bar.median * scale
  const [from, to] = [labelWidth + bar.min * scale, labelWidth + bar.max * scale]
  const middle = y + barHeight / 2
  const weight = bar.ours ? ' font-weight="600"' : ''
  return [
    `<text x="${labelWidth - 8}" y="${y + 14}" text-anchor="end"${weight}>${escaped(labelOf(bar))}</text>`,
    `<rect x="${labelWidth}" y="${y}" width="${fixed(length)}" height="${barHeight}" rx="2" fill="${bar.ours ? colors.ours : colors.peer}"/>`,
    `<path d="M${fixed(from)} ${middle}H${fixed(to)}" stroke="${colors.whisker}" stroke-width="1.5"/>`,
    `<text x="${fixed(Math.max(to, labelWidth + length) + 6)}" y="${y + 14}"${weight}>${Math.round(bar.median).toLocaleString('en')}</text>`,
  ].join('')
}

function fixed(value) {
  return value.toFixed(1)
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
