// Loaded before a program that may start a server: the server listens on any free port, gets one request for /, which
// must not fail, and is closed, so that the program can end. A server that asks for port 0 is used by its own program.

import { get, Server } from 'node:http'
import type { AddressInfo } from 'node:net'

const listen = Server.prototype.listen

Server.prototype.listen = function listenAnywhere(this: Server, ...args: unknown[]): Server {
  if (portOf(args[0]) === 0) return Reflect.apply(listen, this, args)
  this.once('listening', () => request(this))
  const callback = args.find((argument) => typeof argument === 'function')
  return Reflect.apply(listen, this, [0, '127.0.0.1', callback])
}

function portOf(argument: unknown): unknown {
  return typeof argument === 'object' && argument !== null ? (argument as { port?: unknown }).port : argument
}

function request(server: Server): void {
  const { port } = server.address() as AddressInfo
  const sent = get({ host: '127.0.0.1', port, agent: false }, (response) => {
    const { statusCode = 0 } = response
    if (statusCode >= 500) fail(`GET / was answered with ${statusCode}.`)
    response.resume().on('close', () => server.close())
  })
  sent.on('error', (error) => fail(`GET / was not answered: ${error.message}`))
}

function fail(reason: string): void {
  console.error(reason)
  process.exitCode = 1
}
