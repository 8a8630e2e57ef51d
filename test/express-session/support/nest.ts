import 'reflect-metadata'
import { All, Controller, Module, Req } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import type { Request } from 'express'
import { sessions, testRequest } from './express.js'
import type { TestHost } from './host.js'

/** NestJS with `express-session`, in the way of its documentation: `app.use(session(…))`. */
export const nestHost: TestHost = {
  name: 'NestJS',
  async start(manager, options) {
    @Controller()
    class Handlers {
      @All('*path')
      async answer(@Req() request: Request): Promise<string> {
        return JSON.stringify((await options.handlers[request.path]?.(testRequest(request))) ?? null)
      }
    }
    @Module({ controllers: [Handlers] })
    class App {}
    const app = await NestFactory.create<NestExpressApplication>(App, { logger: false })
    app.use(sessions(manager, options))
    await app.listen(0, '127.0.0.1')
    return { url: await app.getUrl(), close: () => app.close() }
  },
}
