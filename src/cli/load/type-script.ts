import { CliError, exitCodes } from '../cli-error.js'

/** The key under which ts-node keeps its compiler once it is registered. */
const tsNode = Symbol.for('ts-node.register.instance')

/** The loaders that emit the metadata of decorators, by their names in the options of Node.js. */
const known = /ts-node|@swc-node\/register/

/** Throws for a TypeScript file, unless Node.js runs under a loader that emits the metadata that both ORMs read. */
export function refuseTypeScript(path: string, options = [...process.execArgv, process.env.NODE_OPTIONS ?? '']): void {
  if (!/\.[cm]?tsx?$/.test(path)) return
  if (tsNode in process || options.some((option) => known.test(option))) return
  throw new CliError(
    `${path} is TypeScript, and this Node.js has no loader that emits decorator metadata: tsx, jiti and Node.js itself cannot load ` +
      'entities. Compile first and pass the JavaScript, or set NODE_OPTIONS="--import @swc-node/register/esm-register" (or "-r ts-node/register").',
    exitCodes.usage,
    { code: 'CONFIG_TYPESCRIPT' },
  )
}
