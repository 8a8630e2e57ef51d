// What a manager opens for a request, with its properties and its state.
export { openSession } from '../../src/core/manager/open-session.js'
