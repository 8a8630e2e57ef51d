// Compiles the project in the current folder with the TypeScript 5 that is named. Checks its files and our types, but not
// those of other packages, which takes most of tsc's time; who meets errors there sets `skipLibCheck`.
import { createRequire } from 'node:module'
import type * as TypeScript from 'typescript-5.9'
import { manifest } from '../package/support/project.js'

const ts = createRequire(import.meta.url)(process.argv[2] ?? '') as typeof TypeScript
const errors: TypeScript.Diagnostic[] = []
const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (error: TypeScript.Diagnostic) => errors.push(error) }
const config = ts.getParsedCommandLineOfConfigFile('tsconfig.json', {}, host)

if (config) {
  const program = ts.createProgram(config.fileNames, config.options)
  errors.push(...config.errors, ...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics())
  for (const file of program.getSourceFiles().filter(isChecked)) {
    errors.push(...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file))
    // To emit all at once would check all.
    if (!file.isDeclarationFile) errors.push(...program.emit(file).diagnostics)
  }
}

const format = {
  getCanonicalFileName: (name: string) => name,
  getCurrentDirectory: ts.sys.getCurrentDirectory,
  getNewLine: () => '\n',
}
process.stdout.write(ts.formatDiagnostics(errors, format))
process.exitCode = errors.length > 0 ? 1 : 0

function isChecked({ fileName }: TypeScript.SourceFile): boolean {
  const [, ...inPackages] = fileName.split('/node_modules/')
  return inPackages.length === 0 || inPackages.at(-1)?.startsWith(`${manifest.name}/`) === true
}
