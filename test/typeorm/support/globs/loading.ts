import { newDataSource } from '../data-sources.js'

/** Its glob loads a file that registers its model with it, while it is initialized. */
export const loading = newDataSource(undefined, { entities: [`${import.meta.dirname}/registering.js`] })
