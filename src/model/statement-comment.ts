/** What a comment is, for the message about another one. */
export const commentTakes =
  "a comment's text without its /* and */, such as 'NO LOAD BALANCE': printable ASCII, no question mark, no ! at the beginning, no / at the end"

/**
 * Whether the value can stand in a comment of every database. Drivers would replace a question mark by a parameter, MySQL
 * runs what stands after an exclamation mark, and a slash before the end would begin another comment inside of this one.
 */
export function isComment(value: unknown): value is string {
  return typeof value === 'string' && /^(?!M?!)[\x20-\x7e]+$/.test(value) && !/\*\/|\/\*|\?|\/$/.test(value)
}

/** The text before each statement: the comment and a blank, or nothing. */
export function commentText(comment: string | undefined): string {
  return comment === undefined ? '' : `/*${comment}*/ `
}
