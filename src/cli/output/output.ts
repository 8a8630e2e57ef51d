import { styleText } from 'node:util'
import { ofProcess, type Streams } from './streams.js'

type Style = Parameters<typeof styleText>[0]

/** Where a command writes: results to the standard output, anything else to the standard error. */
export class Output {
  readonly isJson: boolean
  readonly streams: Streams
  readonly #hasColours: boolean

  constructor(isJson: boolean, streams: Streams = ofProcess, environment = process.env) {
    this.isJson = isJson
    this.streams = streams
    this.#hasColours = !isJson && streams.out.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb'
  }

  /** Whether both ends of the terminal are there, so that a question can be asked. */
  get isInteractive(): boolean {
    return process.stdin.isTTY === true && this.streams.err.isTTY === true
  }

  /** Writes the result: as JSON if that is wanted, else as the lines that `text` makes. */
  async result(value: object, text: () => string | Promise<string>): Promise<void> {
    this.write(this.isJson ? JSON.stringify(value) : await text())
  }

  write(text: string): void {
    this.streams.out.write(`${text}\n`)
  }

  /** Writes a remark, which is no part of the result. */
  note(text: string): void {
    this.streams.err.write(`${text}\n`)
  }

  style(style: Style, text: string): string {
    return this.#hasColours ? styleText(style, text) : text
  }
}
