/** A stream that a command writes to, as far as it is used. */
export type Writable = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>

/** The streams of one call of the command line. */
export interface Streams {
  /** For results. */
  readonly out: Writable
  /** For progress, remarks and errors. */
  readonly err: Writable
}

/** The streams of this process. */
export const ofProcess: Streams = { out: process.stdout, err: process.stderr }
