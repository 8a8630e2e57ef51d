import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect } from 'chai'
import { blocksOfMarkdown, type CodeBlock } from '../package/support/code-blocks.js'
import { titleOf } from '../package/support/docs-code.js'
import { manifest, root } from '../package/support/project.js'
import { expectSuccess, type Outcome, run } from '../package/support/run.js'
import { temporaryFolder } from '../package/support/tarball.js'

/** The port that the pages name. */
const port = '3000'

/**
 * What a new user types: the blocks of a part of a page, copied one after another into an empty folder. Those before the
 * last two are shell commands and files; the last but one starts the app, and the last one asks it.
 *
 * Packages come from the registry, but the package itself from its tarball. Their install scripts do not run: the driver's
 * binary, which may take minutes to compile, is that of this package's own `node_modules`.
 */
export class QuickStart {
  readonly #folder = temporaryFolder()
  readonly #blocks: readonly CodeBlock[]
  readonly #tarball: string
  #app: ChildProcess | undefined

  constructor(page: string, text: string, tarball: string) {
    this.#blocks = blocksOfMarkdown(page, text)
    this.#tarball = tarball
  }

  /** Does all of it, and returns what the last line that was copied has printed. */
  async follow(): Promise<string> {
    const free = await freePort()
    const codes = this.#blocks.map((block) => ({ ...block, code: block.code.replaceAll(port, free) }))
    const [start, ask] = codes.splice(-2)
    for (const block of codes) await this.#copy(block)
    await this.#start(start?.code ?? '', free)
    const outcome = await this.#shell(`exec 2>/dev/null # progress\n${ask?.code}`)
    expectSuccess(outcome)
    return outcome.output.trimEnd().split('\n').at(-1) ?? ''
  }

  async remove(): Promise<void> {
    if (this.#app && this.#app.exitCode === null) {
      process.kill(-(this.#app.pid as number))
      await once(this.#app, 'close')
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #copy({ language, info, code }: CodeBlock): Promise<void> {
    if (language === 'json') writeFileSync(join(this.#folder, 'tsconfig.json'), code)
    else if (language === 'ts') writeFileSync(join(this.#folder, titleOf(info) as string), code)
    else expectSuccess(await this.#shell(code))
  }

  async #shell(code: string): Promise<Outcome> {
    const outcome = await run('bash', ['-e', '-c', `${this.#npm}\n${code}`], { cwd: this.#folder, timeLimit: 300_000 })
    const driver = 'node_modules/better-sqlite3'
    if (existsSync(join(this.#folder, driver)) && !existsSync(join(this.#folder, driver, 'build'))) {
      cpSync(join(root, driver, 'build'), join(this.#folder, driver, 'build'), { recursive: true })
    }
    return outcome
  }

  /** `npm install` as said above. */
  get #npm(): string {
    return `npm() {
      if [ "$1" != install ]; then command npm "$@"; return; fi
      local names=()
      for name in "\${@:2}"; do
        if [ "$name" = ${manifest.name} ]; then names+=('${this.#tarball}'); else names+=("$name"); fi
      done
      command npm install --ignore-scripts --prefer-offline --no-audit --no-fund "\${names[@]}"
    }`
  }

  async #start(code: string, free: string): Promise<void> {
    let output = ''
    const app = spawn('bash', ['-e', '-c', code], { cwd: this.#folder, detached: true })
    this.#app = app
    for (const stream of [app.stdout, app.stderr]) stream.on('data', (chunk) => (output += chunk))
    while (!(await isListening(Number(free)))) {
      expect(app.exitCode, output).to.equal(null)
      await setTimeout(100)
    }
  }
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return String(port)
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
