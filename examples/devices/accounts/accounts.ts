import { type DataSource, QueryFailedError, type Repository } from 'typeorm'
import { Account } from './account.js'
import { hashPassword, isRightPassword } from './password.js'

/** The accounts in the database. */
export class Accounts {
  readonly #repository: Repository<Account>

  constructor(dataSource: DataSource) {
    this.#repository = dataSource.getRepository(Account)
  }

  find(id: number): Promise<Account | null> {
    return this.#repository.findOneBy({ id })
  }

  findByName(name: string): Promise<Account | null> {
    return this.#repository.findOneBy({ name: name.toLowerCase() })
  }

  /** The names of accounts, by id. */
  async names(): Promise<ReadonlyMap<number, string>> {
    const accounts = await this.#repository.find({ select: { id: true, name: true } })
    return new Map(accounts.map(({ id, name }) => [id, name]))
  }

  /** Makes an account; `undefined` if the name is taken. The first account is that of the administrator. */
  async register(name: string, password: string): Promise<Account | undefined> {
    const role = (await this.#repository.count()) === 0 ? 'admin' : 'user'
    const account = this.#repository.create({ name: name.toLowerCase(), password: await hashPassword(password), role })
    try {
      return await this.#repository.save(account)
    } catch (error) {
      if (error instanceof QueryFailedError && (await this.findByName(name))) return undefined
      throw error
    }
  }

  /** The account with this name and password, if there is one. */
  async logIn(name: string, password: string): Promise<Account | undefined> {
    const account = await this.findByName(name)
    return (await isRightPassword(password, account?.password)) ? (account ?? undefined) : undefined
  }

  async changePassword(account: Account, password: string): Promise<void> {
    await this.#repository.update({ id: account.id }, { password: await hashPassword(password) })
  }
}
