/** The content of the column `data` of an encrypted row: the meta data, and the text in base64. */
export interface StoredText {
  readonly head: string
  readonly body: string
}

/** Takes `{"$session":{…}}…` apart, at the end of the meta data. */
export function takeApart(data: string): StoredText {
  const end = data.indexOf('}') + 2
  return { head: data.slice(0, end), body: data.slice(end) }
}

/** The head with other meta data. */
export function withMeta(head: string, change: (meta: Record<string, unknown>) => Record<string, unknown>): string {
  const { $session } = JSON.parse(head) as { $session: Record<string, unknown> }
  return JSON.stringify({ $session: change($session) })
}
