// <button type="button" data-choose-all="未发现问题" data-within="#items"> chooses that answer in every
// question of the part it names (default: its form), but leaves questions that have an answer alone.

export function chooseAll() {
  document.querySelectorAll('[data-choose-all]').forEach((button) => {
    button.hidden = false; // of no use without scripts, so it may start hidden
    button.addEventListener('click', () => choose(button));
  });
}

function choose(button) {
  const { chooseAll: answer, within } = button.dataset;
  const part = within ? document.querySelector(within) : button.closest('form');
  for (const radio of part.querySelectorAll('input[type=radio]')) {
    const answered = part.querySelector(`input[type=radio][name="${CSS.escape(radio.name)}"]:checked`);
    if (radio.value === answer && !radio.disabled && !answered) set(radio, () => { radio.checked = true; });
  }
  for (const select of part.querySelectorAll('select')) {
    const offered = [...select.options].some((option) => option.value === answer);
    if (offered && !select.disabled && !select.value) set(select, () => { select.value = answer; });
  }
}

function set(field, change) {
  change();
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.dispatchEvent(new Event('change', { bubbles: true }));
}
