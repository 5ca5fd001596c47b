// The large-type switch (a button named "size" in a form that posts) without a reload: changing the
// size in the middle of a form must not cost what was typed.
import { say } from '../common/language.js';

export function switchSize() {
  const button = document.querySelector('button[name=size]');
  if (!button) return;
  button.addEventListener('click', async (click) => {
    click.preventDefault();
    const large = button.value === 'large';
    const fields = new FormData(button.form);
    fields.set('size', button.value);
    document.documentElement.classList.toggle('large', large);
    button.value = large ? 'normal' : 'large';
    button.setAttribute('aria-pressed', String(large));
    button.textContent = large ? say('标准字号', 'Standard type') : say('大字', 'Large type');
    // Remembered by the server; when it cannot be reached the page is large all the same.
    await fetch(button.form.action, { method: 'POST', body: fields, redirect: 'manual' }).catch(() => {});
  });
}
