import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import Koa from 'koa'
import { type SessionManager, type SessionWatch, session } from 'koa-session-model'
import { Server as SocketIoServer } from 'socket.io'
import { io } from 'socket.io-client'
import { WebSocket, WebSocketServer } from 'ws'

/** A connection of a client. */
export interface ClientSocket {
  /** How the server has closed it; `undefined` as long as it is open. */
  readonly closedBy: string | undefined
  /** Sends a message, and waits for the answer. */
  send(): Promise<void>
  close(): void
}

/** A library for sockets: a server that closes a socket when its session ends, and its client. */
export interface SocketKind {
  readonly name: string
  serve(server: Server, manager: SessionManager): () => Promise<unknown>
  /** Resolves when the socket is open, and rejects if it is refused. */
  open(port: number, cookie: string): Promise<ClientSocket>
}

/** Starts Koa with sockets of this kind. Resolves to the port, and how to stop. */
export async function listen(kind: SocketKind, manager: SessionManager) {
  const server = createServer(new Koa().use(session(manager)).callback())
  const stop = kind.serve(server, manager)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return { port: address.port, stop }
}

const ws: SocketKind = {
  name: 'ws',
  serve(server, manager) {
    const sockets = new WebSocketServer({ noServer: true })
    server.on('upgrade', async (request, socket, head) => {
      const opened = await manager.fromRequest(request)
      if (!opened) return socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n')
      const watch = await manager.watch(opened, { every: '1s' })
      socket.once('close', () => watch.stop())
      sockets.handleUpgrade(request, socket, head, (one) => {
        watch.signal.addEventListener('abort', () => one.close(4401, watch.reason))
        one.on('message', (message) => {
          watch.touch()
          one.send(message)
        })
      })
    })
    return async () => {
      for (const client of sockets.clients) client.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  },
  async open(port, cookie) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { headers: { cookie }, perMessageDeflate: false })
    let closedBy: string | undefined
    socket.on('close', (code, reason) => {
      closedBy = `${code} ${reason}`
    })
    await once(socket, 'open')
    return {
      get closedBy() {
        return closedBy
      },
      send: async () => {
        socket.send('x')
        await once(socket, 'message')
      },
      close: () => socket.terminate(),
    }
  },
}

const socketIo: SocketKind = {
  name: 'socket.io',
  serve(server, manager) {
    const sockets = new SocketIoServer(server, { transports: ['websocket'], serveClient: false })
    sockets.use(async (socket, next) => {
      const opened = await manager.fromRequest(socket.request)
      if (!opened) return next(new Error('401'))
      const watch = await manager.watch(opened, { every: '1s' })
      socket.conn.once('close', () => watch.stop())
      socket.data.watch = watch
      next()
    })
    sockets.on('connection', (socket) => {
      const watch: SessionWatch = socket.data.watch
      watch.signal.addEventListener('abort', () => socket.disconnect(true))
      socket.on('echo', (answer: () => void) => {
        watch.touch()
        answer()
      })
    })
    return () => sockets.close()
  },
  async open(port, cookie) {
    const options = { transports: ['websocket'], extraHeaders: { cookie }, forceNew: true, reconnection: false }
    const socket = io(`http://127.0.0.1:${port}`, options)
    let closedBy: string | undefined
    socket.on('disconnect', (reason) => {
      closedBy = reason
    })
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('connect_error', reject)
    })
    return {
      get closedBy() {
        return closedBy
      },
      send: () => socket.emitWithAck('echo'),
      close: () => void socket.disconnect(),
    }
  },
}

export const socketKinds: readonly SocketKind[] = [ws, socketIo]
