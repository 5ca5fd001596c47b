// The button between the whole diagram and the part somebody looks at; hidden where all is readable.
import { say } from '../common/language.js';

export function wholeSwitch(button, diagram) {
  let whole = false;
  const show = () => {
    button.setAttribute('aria-pressed', String(whole));
    button.textContent = whole ? say('跟随步骤', 'Follow the steps') : say('全图', 'Whole diagram');
  };
  button.addEventListener('click', () => {
    whole = !whole;
    diagram.showWhole(whole);
    show();
  });
  show();
  diagram.onLook((offered) => { button.hidden = !offered; });
}
