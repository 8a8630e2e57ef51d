import { type Html, html } from './html.js'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** How long ago a moment was, with the moment itself for programs and on hovering. */
export function ago(moment: Date | null, now: Date): Html {
  if (moment === null) return html`unknown`
  const iso = moment.toISOString()
  return html`<time datetime="${iso}" title="${iso.slice(0, 16).replace('T', ' ')} UTC">${words(now.getTime() - moment.getTime())}</time>`
}

function words(milliseconds: number): string {
  if (milliseconds < minute) return 'just now'
  if (milliseconds < hour) return counted(milliseconds / minute, 'minute')
  return milliseconds < day ? counted(milliseconds / hour, 'hour') : counted(milliseconds / day, 'day')
}

function counted(exact: number, unit: string): string {
  const number = Math.floor(exact)
  return `${number} ${unit}${number === 1 ? '' : 's'} ago`
}
