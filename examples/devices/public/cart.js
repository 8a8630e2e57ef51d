// Sends twenty requests at once instead of the form, and shows what the cart has then.

const form = document.querySelector('#twenty-form')
const result = document.querySelector('#twenty-result')

form?.addEventListener('submit', async (event) => {
  event.preventDefault()
  const button = form.querySelector('button')
  button.disabled = true
  result.textContent = 'Sending …'
  const before = await teas()
  const body = new URLSearchParams({ thing: 'tea' })
  await Promise.all(Array.from({ length: 20 }, () => fetch('/cart', { method: 'POST', body, redirect: 'manual' })))
  const after = await teas()
  result.textContent = `Sent 20 requests at once: the cart has ${after - before} more.`
  button.disabled = false
})

/** Reads the page again, shows its cart, and returns the number of teas in it. */
async function teas() {
  const page = new DOMParser().parseFromString(await (await fetch('/cart')).text(), 'text/html')
  const shown = document.querySelector('section')
  shown.replaceWith(document.adoptNode(page.querySelector('section')))
  return Number(document.querySelector('[data-thing="tea"] strong')?.textContent ?? 0)
}
