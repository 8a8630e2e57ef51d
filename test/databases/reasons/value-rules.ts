import { table } from './support/databases.js'
import { expectLog, type Stage } from './support/stage.js'

/** Failures whose errors hold values of the session: none of them is in the log, which the site checks. */
export function testValues({ isPostgres, isSqlite, isTypeOrm, open }: Stage): void {
  it('a unique index', () =>
    open(async ({ site, change }) => {
      await change(`CREATE UNIQUE INDEX one_email ON ${table} (email)`)
      await site.manager.set('another', { email: 's3cret\'"o`@example.org' })
      const expected = isTypeOrm
        ? /A unique index of the table forbids what was to be stored: (one_email|web_sessions\.email) \((23505|ER_DUP_ENTRY|SQLITE_CONSTRAINT\w*)\)/
        : /The model refused to store the session \((email|one_email): /
      expectLog(await site.logAfter('email'), expected)
    }))

  it('a trigger', () =>
    open(async ({ site, change }) => {
      await change(triggerThat(isPostgres, isSqlite))
      if (isPostgres)
        await change(`CREATE TRIGGER refusing BEFORE UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse_it()`)
      const expected = /A trigger or a function of the database refused the statement/
      expectLog(await site.logAfter('email'), expected)
    }))

  it('a check', () =>
    open(async ({ site, change }) => {
      if (isSqlite) return
      await change(`ALTER TABLE ${table} ADD CONSTRAINT no_email CHECK (email IS NULL)`)
      expectLog(
        await site.logAfter('email'),
        /A constraint of the table forbids what was to be stored: no_email \((23514|4025)\)/,
      )
    }))

  it('a foreign key', () =>
    open(async ({ site, change }) => {
      if (isSqlite) return
      await change('CREATE TABLE mails (email varchar(200) PRIMARY KEY)')
      await change(`ALTER TABLE ${table} ADD CONSTRAINT of_mail FOREIGN KEY (email) REFERENCES mails (email)`)
      try {
        expectLog(
          await site.logAfter('email'),
          /A foreign key forbids the statement: of_mail \((23503|ER_NO_REFERENCED_ROW_2)\)/,
        )
      } finally {
        await change(`ALTER TABLE ${table} DROP CONSTRAINT of_mail`)
        await change('DROP TABLE mails')
      }
    }))

  it('a column of others that takes no NULL', () =>
    open(async ({ site, change }) => {
      if (isSqlite) return
      await change(`ALTER TABLE ${table} ADD COLUMN tenant integer${isPostgres ? '' : ' NULL'}`)
      await change(`DELETE FROM ${table}`)
      await change(
        isPostgres
          ? `ALTER TABLE ${table} ALTER COLUMN tenant SET NOT NULL`
          : `ALTER TABLE ${table} MODIFY tenant integer NOT NULL`,
      )
      expectLog(
        await site.logAfterNewcomer(),
        /The column tenant takes no NULL, and got no value \((23502|ER_NO_DEFAULT_FOR_FIELD)\)/,
      )
    }))

  // SQLite takes any value.
  if (isSqlite) return

  it('a value that is too long', () =>
    open(async ({ site }) => {
      expectLog(
        await site.logAfter('long'),
        /A value is too long for its column(, label)? \((22001|ER_DATA_TOO_LONG)\)\. Store a shorter one/,
      )
    }))

  it('a value of another type', () =>
    open(async ({ site }) => {
      expectLog(
        await site.logAfter('wrong'),
        /A value does not fit the type or the character set of its column(, userId)? \((22P02|ER_\w+|WARN_\w+)\)/,
      )
    }))
}

function triggerThat(isPostgres: boolean, isSqlite: boolean): string {
  if (isPostgres) {
    return `CREATE OR REPLACE FUNCTION refuse_it() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN RAISE EXCEPTION ''no mail %'', NEW.email USING ERRCODE = ''22023''; END'`
  }
  const begin = `CREATE TRIGGER refusing BEFORE UPDATE ON ${table} FOR EACH ROW`
  return isSqlite
    ? `${begin} BEGIN SELECT RAISE(ABORT, 'no mail S3CRET'); END`
    : `${begin} BEGIN SET @text = CONCAT('no mail ', NEW.email); SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = @text; END`
}
