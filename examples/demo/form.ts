import { text } from 'node:stream/consumers'
import type { Context } from 'koa'

const longestBody = 4096
const longestValue = 100

/** The value of one field of a submitted form, without the blanks around it. */
export async function readField(ctx: Context, name: string): Promise<string> {
  const { length } = ctx.request
  if (length === undefined || length > longestBody) ctx.throw(413, 'The form is too large.')
  const value = new URLSearchParams(await text(ctx.req)).get(name)?.trim() ?? ''
  if (value === '' || value.length > longestValue) {
    ctx.throw(400, `The field '${name}' must have 1 to ${longestValue} characters.`)
  }
  return value
}
