import { DefaultNamingStrategy } from 'typeorm'

/** Names columns `like_this` where they are not named otherwise. */
export class SnakeCase extends DefaultNamingStrategy {
  override columnName(property: string, customName: string): string {
    return customName || property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  }
}
