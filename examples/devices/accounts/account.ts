import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'

export type Role = 'user' | 'admin'

/** Somebody who can log in. */
@Entity({ name: 'device_accounts' })
export class Account {
  @PrimaryGeneratedColumn()
  id!: number

  /** The name in lower case, which no two accounts share. */
  @Column({ type: 'varchar', length: 50, unique: true })
  name!: string

  @Column({ type: 'varchar', length: 255 })
  password!: string

  @Column({ type: 'varchar', length: 10, default: 'user' })
  role!: Role
}
