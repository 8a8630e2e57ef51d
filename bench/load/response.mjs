const lengthHeader = /\r\ncontent-length: (\d+)/i

/**
 * The response at the start of `text`, or `undefined` while it is not complete. Just enough HTTP for the answers of the
 * benchmarked applications, so that the generator takes little of the machine.
 */
export function parseResponse(text) {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const status = Number(text.slice(9, 12))
  const bodyStart = headEnd + 4
  const bodyEnd = bodyStart + bodyLength(text, status, headEnd)
  if (text.length < bodyEnd) return undefined
  return { status, head: text.slice(0, headEnd), body: text.slice(bodyStart, bodyEnd) }
}

function bodyLength(text, status, headEnd) {
  if (status === 204) return 0
  const length = lengthHeader.exec(text.slice(0, headEnd))
  if (!length) throw new Error(`an answer without Content-Length: ${text.slice(0, headEnd)}`)
  return Number(length[1])
}

/** The Cookie header that a browser would send after this response. */
export function cookieOf({ head }) {
  const cookies = head.split('\r\n').filter((line) => /^set-cookie: /i.test(line))
  return cookies.map((line) => line.slice(12).split(';', 1)[0]).join('; ')
}
