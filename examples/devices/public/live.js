// Shows whether the session lives. The server ends the stream when the session ends.

const state = document.querySelector('#live')
const reasons = {
  logout: 'You logged out.',
  revoked: 'This device was signed out.',
  expired: 'The session has expired.',
}
const events = new EventSource('/live/events')

events.addEventListener('open', () => show('Connected: the session lives.', 'alive'))
events.addEventListener('ended', (event) => {
  events.close()
  const { reason } = JSON.parse(event.data)
  show(`${reasons[reason] ?? 'The session has ended.'} This page is closed.`, 'ended')
})
events.addEventListener('error', () => {
  // The browser connects again by itself, unless the server refuses.
  if (events.readyState === EventSource.CLOSED) show('The session has ended. This page is closed.', 'ended')
  else show('Connecting again …', '')
})

function show(text, kind) {
  state.textContent = text
  state.dataset.state = kind
}
