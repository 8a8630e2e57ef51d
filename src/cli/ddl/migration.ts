/** The forms that `ddl` writes its statements in. */
export const forms = ['sql', 'typeorm', 'sequelize'] as const

export type Form = (typeof forms)[number]

/** The statements as SQL, or as a migration of an ORM. `table` is the name with its quotes. */
export function written(form: Form, statements: readonly string[], table: string, now = Date.now()): string {
  const bare = statements.map((statement) => statement.trim().replace(/;$/, ''))
  if (form === 'typeorm') return ofTypeOrm(bare, table, now)
  return form === 'sequelize' ? ofSequelize(bare, table) : bare.map((statement) => `${statement};`).join('\n')
}

function ofTypeOrm(statements: readonly string[], table: string, now: number): string {
  const run = (sql: string): string => `    await runner.query(${JSON.stringify(sql)})`
  return [
    "import type { MigrationInterface, QueryRunner } from 'typeorm'",
    '',
    `export class Sessions${now} implements MigrationInterface {`,
    '  async up(runner: QueryRunner): Promise<void> {',
    ...statements.map(run),
    '  }',
    '',
    '  async down(runner: QueryRunner): Promise<void> {',
    run(`DROP TABLE ${table}`),
    '  }',
    '}',
  ].join('\n')
}

function ofSequelize(statements: readonly string[], table: string): string {
  const run = (sql: string): string => `    await queryInterface.sequelize.query(${JSON.stringify(sql)})`
  return [
    'module.exports = {',
    '  async up(queryInterface) {',
    ...statements.map(run),
    '  },',
    '',
    '  async down(queryInterface) {',
    run(`DROP TABLE ${table}`),
    '  },',
    '}',
  ].join('\n')
}
