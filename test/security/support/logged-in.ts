import type { Site } from './site.js'

/** Browsers of user 1, and one of user 2. */
export async function loggedIn({ browser }: Site) {
  const [phone, laptop, other] = [browser(), browser(), browser()]
  for (const own of [phone, laptop]) await own.json('/login?user=1')
  await other.json('/login?user=2')
  return { phone, laptop, other }
}
