// Draws the living sessions over time, in the colours of the page.

const place = document.querySelector('#chart')
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
let chart

update()
setInterval(update, 10_000)

async function update() {
  const response = await fetch('/admin/counts')
  if (!response.ok) return
  const counts = await response.json()
  const data = [counts.map(({ at }) => at), counts.map(({ count }) => count)]
  document.querySelector('#living').textContent = String(data[1].at(-1))
  if (chart) chart.setData(data)
  else draw(data)
}

function draw(data) {
  const axis = {
    stroke: colour('--muted'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line') },
  }
  const options = {
    width: place.clientWidth,
    height: 220,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_, __, most) => [0, Math.max(4, Math.ceil(most * 1.2))] } },
    axes: [axis, { ...axis, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] }],
    series: [
      {},
      { stroke: colour('--accent'), fill: colour('--accent-soft'), width: 2, points: { show: true, size: 5 } },
    ],
  }
  chart = new window.uPlot(options, data, place)
  addEventListener('resize', () => chart.setSize({ width: place.clientWidth, height: 220 }))
}
