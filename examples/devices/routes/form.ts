import { text } from 'node:stream/consumers'
import type { Context } from 'koa'

const longestBody = 4096

/** The fields of a submitted form. */
export async function readForm(ctx: Context): Promise<URLSearchParams> {
  const { length } = ctx.request
  if (length === undefined || length > longestBody) ctx.throw(413, 'The form is too large.')
  return new URLSearchParams(await text(ctx.req))
}

/** The value of one field, without the blanks around it. */
export function field(ctx: Context, form: URLSearchParams, name: string, longest = 100): string {
  const value = form.get(name)?.trim() ?? ''
  if (value === '' || value.length > longest)
    ctx.throw(400, `The field '${name}' must have 1 to ${longest} characters.`)
  return value
}
