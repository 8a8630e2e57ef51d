import { connect } from 'node:net'
import type { Answer } from './direct.js'

/** Sends a request with any bytes in its cookie header, which no client of Node.js would. */
export function send(port: number, path: string, cookie: Buffer): Promise<Answer> {
  const before = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: `)
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(Buffer.concat([before, cookie, end])))
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      answer += chunk
    })
    // The server may have closed before it has read all.
    socket.on('error', (error) => (answer === '' ? reject(error) : resolve(parse(answer))))
    socket.on('close', () => resolve(parse(answer)))
  })
}

const end = Buffer.from('\r\n\r\n')

function parse(answer: string): Answer {
  const [head = ''] = answer.split('\r\n\r\n')
  const cookies = Array.from(head.matchAll(/^set-cookie: (.*)$/gim), ([, line]) => (line ?? '').trim())
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]), cookies }
}
