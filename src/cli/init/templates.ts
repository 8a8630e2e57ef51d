import type { Driver, Orm, Project } from './project.js'

/** A file to start from. */
export interface StartFile {
  readonly path: string
  readonly text: string
}

/** The files that a project starts from: the model with its registry, and the config of the command line. */
export function startFiles(project: Project): StartFile[] {
  const model: StartFile = project.hasTypeScript
    ? { path: 'src/sessions.ts', text: inLines(typedModel(project)) }
    : { path: 'sessions.js', text: inLines(plainModel(project)) }
  const built = project.hasTypeScript ? './dist/sessions.js' : './sessions.js'
  return [model, { path: 'session.config.js', text: inLines(config(project.isModule, built)) }]
}

function inLines(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`
}

function config(isModule: boolean, model: string): string[] {
  return [
    imported(['SessionManager'], 'koa-session-model', isModule),
    imported(['Sessions'], model, isModule),
    '',
    '// Give it the options of your app, encryptionKeys above all.',
    `${isModule ? 'export const manager' : 'exports.manager'} = new SessionManager({`,
    '  model: Sessions,',
    '  cleanup: false, // the command line removes expired rows only by prune',
    '})',
  ]
}

/** The names by which a file reaches an ORM. */
const names = {
  typeorm: { from: 'typeorm', registry: 'DataSource', variable: 'dataSource', type: 'type', file: 'database' },
  sequelize: {
    from: 'sequelize-typescript',
    registry: 'Sequelize',
    variable: 'sequelize',
    type: 'dialect',
    file: 'storage',
  },
} as const satisfies Record<Orm, object>

const entity = ['class WebSession {', "  @Column({ type: 'integer', nullable: true }) userId!: number | null", '}']
const model = ['class WebSession extends Model {', '  @Column(DataType.INTEGER) declare userId: number | null', '}']

function typedModel({ orm, driver }: Project): string[] {
  const { from, registry, variable } = names[orm]
  const used = orm === 'typeorm' ? ['Column', registry] : ['Column', 'DataType', 'Model', registry]
  return [
    imported(['SessionModel'], 'koa-session-model', true),
    imported(['registerSessionModel'], `koa-session-model/${orm}`, true),
    imported(used, from, true),
    '',
    "@SessionModel({ tableName: 'web_sessions' })",
    ...(orm === 'typeorm' ? entity : model),
    '',
    `export const ${variable} = new ${registry}(${connection(orm, driver)})`,
    `export const Sessions = registerSessionModel(${variable}, WebSession)`,
  ]
}

/** A model without columns of one's own: those need decorators, which plain JavaScript does not have. */
function plainModel({ orm, driver, isModule }: Project): string[] {
  const { from, registry, variable } = names[orm]
  return [
    imported(['createSessionModel'], `koa-session-model/${orm}`, isModule),
    imported([registry], from, isModule),
    '',
    `const ${variable} = new ${registry}(${connection(orm, driver)})`,
    `const Sessions = createSessionModel(${variable}, 'web_sessions')`,
    '',
    isModule ? `export { ${variable}, Sessions }` : `module.exports = { ${variable}, Sessions }`,
  ]
}

function imported(used: readonly string[], from: string, isModule: boolean): string {
  const [list, file] = [used.join(', '), `'${from}'`]
  return isModule ? `import { ${list} } from ${file}` : `const { ${list} } = require(${file})`
}

function connection(orm: Orm, { type }: Driver): string {
  const { type: key, file } = names[orm]
  if (type.includes('sqlite')) return `{ ${key}: '${type}', ${file}: 'app.db' }`
  return [
    '{',
    `  ${key}: '${type}',`,
    "  host: process.env.DB_HOST ?? '127.0.0.1',",
    "  username: process.env.DB_USER ?? 'app',",
    "  password: process.env.DB_PASSWORD ?? '',",
    "  database: process.env.DB_NAME ?? 'app',",
    ...(orm === 'typeorm' && type === 'mariadb' ? ["  charset: 'utf8mb4',"] : []),
    '}',
  ].join('\n')
}
