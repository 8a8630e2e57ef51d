import { summary } from '../statistics.mjs'

const themes = {
  light: { text: '#1f2328', muted: '#59636e', line: '#0969da', grid: '#d1d9e0', back: '#ffffff' },
  dark: { text: '#f0f6fc', muted: '#9198a1', line: '#4493f8', grid: '#3d444d', back: '#0d1117' },
}

const [width, height, top, bottom, left, gap] = [800, 250, 58, 36, 16, 28]

const panels = [
  { title: 'One load, µs', value: ({ load }) => load.median },
  { title: 'Disk, bytes a session', value: ({ bytes }) => bytes },
  { title: 'Clean-up, rows a second', value: ({ cleanedPerSecond }) => cleanedPerSecond },
]

/** Curves of what grows with the number of sessions, and of what does not. Each axis begins at nought. */
export function curvesOf(result, theme) {
  const colors = themes[theme]
  const panelWidth = (width - 2 * left - (panels.length - 1) * gap) / panels.length
  const described = result
    .map(
      (row) =>
        `${short(row.sessions)} sessions: ${panels.map(({ title, value }) => `${title} ${rounded(value(row))}`).join(', ')}`,
    )
    .join('; ')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="t d">
<title id="t">Load, disk and clean-up by the number of sessions</title>
<desc id="d">${described}</desc>
<rect width="${width}" height="${height}" fill="${colors.back}"/>
<g font-family="system-ui, sans-serif" font-size="12" fill="${colors.text}">
<text x="${left}" y="24" font-size="15" font-weight="600">By the number of sessions, PostgreSQL</text>
${panels.map((panel, index) => panelOf(panel, result, left + index * (panelWidth + gap), panelWidth, colors)).join('\n')}
</g>
</svg>
`
}

function panelOf({ title, value }, result, x, panelWidth, colors) {
  const values = result.map(value)
  const most = summary(values).max * 1.25
  const [first, last] = [result[0].sessions, result.at(-1).sessions].map(Math.log10)
  const points = result.map((row, index) => ({
    x: x + 20 + ((Math.log10(row.sessions) - first) / (last - first)) * (panelWidth - 44),
    y: height - bottom - (values[index] / most) * (height - bottom - top - 18),
    label: rounded(values[index]),
    sessions: short(row.sessions),
  }))
  const base = height - bottom
  return [
    `<text x="${x}" y="${top - 6}" fill="${colors.muted}">${title}</text>`,
    `<path d="M${x} ${base}H${(x + panelWidth).toFixed(1)}" stroke="${colors.grid}"/>`,
    `<polyline points="${points.map((point) => `${point.x.toFixed(1)},${point.y.toFixed(1)}`).join(' ')}" fill="none" stroke="${colors.line}" stroke-width="2"/>`,
    ...points.map(
      (point) =>
        `<circle cx="${point.x.toFixed(1)}" cy="${point.y.toFixed(1)}" r="3.5" fill="${colors.line}"/>` +
        `<text x="${point.x.toFixed(1)}" y="${(point.y - 9).toFixed(1)}" text-anchor="middle">${point.label}</text>` +
        `<text x="${point.x.toFixed(1)}" y="${base + 17}" text-anchor="middle" fill="${colors.muted}">${point.sessions}</text>`,
    ),
  ].join('')
}

function rounded(value) {
  return Math.round(value).toLocaleString('en')
}

function short(sessions) {
  return sessions >= 1e6 ? `${sessions / 1e6} M` : `${sessions / 1e3} k`
}
