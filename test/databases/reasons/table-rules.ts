import { expect } from 'chai'
import { expectError } from '../../support/errors.js'
import { table } from './support/databases.js'
import { expectLog, type Stage } from './support/stage.js'

/** Tables, columns and rights that are missing. */
export function testTables({ isPostgres, isSqlite, isTypeOrm, open }: Stage): void {
  const code = (postgres: string, mysql: string): string => (isPostgres ? postgres : isSqlite ? 'SQLITE_ERROR' : mysql)
  const createTable = isTypeOrm ? 'set synchronize: true' : 'call sequelize.sync()'

  it('a missing table', () =>
    open(async ({ site, change }) => {
      await change(`DROP TABLE ${table}`)
      const expected =
        `The table ${table} does not exist (${code('42P01', 'ER_NO_SUCH_TABLE')}). ` +
        `Run your migration, or ${createTable} in development.`
      expectLog(await site.logAfter('read'), expected)
      expectLog(await site.logAfterNewcomer(), expected)
      // The clean-up warns with this error.
      const { message } = await expectError('BACKEND_FAILED', () => site.manager.deleteExpired())
      expect(message).to.equal(expected)
    }))

  it('a missing column', () =>
    open(async ({ site, change }) => {
      await change(`ALTER TABLE ${table} DROP COLUMN label`)
      const expected =
        `The column label does not exist in the table (${code('42703', 'ER_BAD_FIELD_ERROR')}). ` +
        `Run a migration that adds it, or ${createTable} in development.`
      expectLog(await site.logAfter('read'), expected)
      // Sequelize inserts only the columns that were set.
      if (isTypeOrm) expectLog(await site.logAfterNewcomer(), expected)
    }))

  it('a missing managed column', () =>
    open(async ({ site, change }) => {
      await change(`ALTER TABLE ${table} DROP COLUMN version`)
      expectLog(await site.logAfter('read'), /The column version does not exist in the table/)
    }))

  if (isSqlite) return

  it('a right that is missing', () =>
    open(async ({ site, change, account }) => {
      if (isPostgres) {
        await change(`ALTER TABLE ${table} OWNER TO CURRENT_USER`)
        await change(`GRANT SELECT, DELETE ON ${table} TO ${account.name}`)
      } else {
        await account.admin.query(`REVOKE INSERT, UPDATE ON ${account.name}.* FROM ${account.name}`)
      }
      await account.hangUp()
      try {
        const expected =
          `The user of the database lacks a right on ${table} (${code('42501', 'ER_TABLEACCESS_DENIED_ERROR')}). ` +
          'Grant it: sessions need SELECT, INSERT, UPDATE and DELETE on their table. A policy of the table may forbid it too.'
        expectLog(await site.logAfter('write'), expected)
        expectLog(await site.logAfterNewcomer(), expected)
      } finally {
        if (isPostgres) await change(`ALTER TABLE ${table} OWNER TO ${account.name}`)
        else await account.admin.query(`GRANT ALL ON ${account.name}.* TO ${account.name}`)
        await account.hangUp()
      }
    }))

  it('a missing trigger table: the log names that one', () =>
    open(async ({ site, change }) => {
      if (isPostgres) {
        await change(
          "CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO audit_log VALUES (NEW.id); RETURN NEW; END'",
        )
        await change(`CREATE TRIGGER audit BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION audit()`)
      } else {
        await change(
          `CREATE TRIGGER audit BEFORE INSERT ON ${table} FOR EACH ROW INSERT INTO audit_log VALUES (NEW.id)`,
        )
      }
      expectLog(await site.logAfterNewcomer(), /The table audit_log does not exist/)
    }))
}
