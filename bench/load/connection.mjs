import { connect } from 'node:net'
import { parseResponse } from './response.mjs'

/** One keep-alive connection: one request at a time, without pipelining. */
export class Connection {
  #socket
  #text = ''
  #settle

  constructor(port) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.setEncoding('latin1')
    this.#socket.on('data', (text) => this.#take(text))
    this.#socket.on('error', (error) => this.#settle?.reject(error))
    this.#socket.on('close', () => this.#settle?.reject(new Error('the connection was closed')))
  }

  /** Sends what {@link requestText} made, and gives the response. */
  send(request) {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      this.#socket.write(request, 'latin1')
    })
  }

  close() {
    this.#settle = undefined
    this.#socket.destroy()
  }

  #take(text) {
    this.#text = this.#text === '' ? text : this.#text + text
    const { resolve, reject } = this.#settle
    try {
      const response = parseResponse(this.#text)
      if (!response) return
      this.#text = ''
      resolve(response)
    } catch (error) {
      reject(error)
    }
  }
}

/** The bytes of a request, made once and sent often. */
export function requestText(method, path, cookie) {
  const length = method === 'POST' ? 'Content-Length: 0\r\n' : ''
  return `${method} ${path} HTTP/1.1\r\nHost: bench\r\n${length}${cookie ? `Cookie: ${cookie}\r\n` : ''}\r\n`
}
