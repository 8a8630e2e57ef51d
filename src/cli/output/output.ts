import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** Where a command writes: results to the standard output, anything else to the standard error. */
export class Output {
  readonly isJson: boolean
  readonly #hasColours: boolean

  constructor(isJson: boolean, environment = process.env) {
    this.isJson = isJson
    this.#hasColours = !isJson && process.stdout.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb'
  }

  /** Whether both ends of the terminal are there, so that a question can be asked. */
  get isInteractive(): boolean {
    return process.stdin.isTTY === true && process.stderr.isTTY === true
  }

  /** Writes the result: as JSON if that is wanted, else as the lines that `text` makes. */
  async result(value: object, text: () => string | Promise<string>): Promise<void> {
    this.write(this.isJson ? JSON.stringify(value) : await text())
  }

  write(text: string): void {
    process.stdout.write(`${text}\n`)
  }

  /** Writes a remark, which is no part of the result. */
  note(text: string): void {
    process.stderr.write(`${text}\n`)
  }

  style(style: Style, text: string): string {
    return this.#hasColours ? styleText(style, text) : text
  }
}
