import type { Database } from './database.js'

/** The databases of an ORM. A process loads one ORM only. */
export async function databasesOf(orm: string): Promise<readonly Database[]> {
  return orm === 'sequelize' ? (await import('./sequelize.js')).sequelize : (await import('./typeorm.js')).typeorm
}
