// Who is compared. Each name is a file in servers/.
const stored = ['read', 'write', 'mixed']

/** `ours`: this package. `isTrial`: nobody can use it, so the charts leave it out. */
export const competitors = [
  { name: 'bare', title: 'Koa without sessions', kinds: ['none'] },
  { name: 'map', title: 'koa-session, Map in the process', kinds: [...stored, 'none'] },
  { name: 'pg', title: 'koa-session, prepared pg statements', database: 'postgres', kinds: stored },
  { name: 'typeorm', title: 'koa-session, TypeORM repository', database: 'postgres', kinds: stored },
  { name: 'typeorm-upsert', title: 'koa-session, TypeORM upsert', database: 'postgres', kinds: ['write'] },
  { name: 'batching', title: 'a bare trial in batches, TypeORM', database: 'postgres', kinds: stored, isTrial: true },
  { name: 'connect-typeorm', title: 'connect-typeorm', database: 'postgres', kinds: stored },
  { name: 'connect-sequelize', title: 'connect-session-sequelize', database: 'postgres', kinds: stored },
  {
    name: 'ours-typeorm',
    title: 'koa-session-model, TypeORM',
    database: 'postgres',
    kinds: [...stored, 'none'],
    ours: true,
  },
  {
    name: 'ours-sequelize',
    title: 'koa-session-model, Sequelize',
    database: 'postgres',
    kinds: [...stored, 'none'],
    ours: true,
  },
  { name: 'mysql2', title: 'koa-session, prepared mysql2 statements', database: 'mariadb', kinds: stored },
  { name: 'ours-mariadb', title: 'koa-session-model, TypeORM', database: 'mariadb', kinds: stored, ours: true },
]

const databases = { postgres: 'PostgreSQL', mariadb: 'MariaDB' }

/** The name of a competitor for people. */
export function labelOf({ title, database }) {
  return database ? `${title}, ${databases[database]}` : title
}

/** The kinds of requests, and what they do. */
export const kinds = {
  read: 'a value from the session is the answer',
  write: 'a counter in the session grows, and is stored before the answer leaves',
  mixed: 'nine reads, then one write',
  none: 'no cookie, and the session is never touched',
}
