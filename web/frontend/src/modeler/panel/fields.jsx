// The three sorts of field the panel is made of, each bound to one place of the diagram.
import { SelectEntry, TextAreaEntry, TextFieldEntry, CheckboxEntry, isCheckboxEntryEdited,
  isSelectEntryEdited, isTextAreaEntryEdited, isTextFieldEntryEdited } from '@bpmn-io/properties-panel';
import { useService } from 'bpmn-js-properties-panel';
import { translate } from '../../common/translate.js';
import { optionsFor } from '../catalogue.js';

// Each maker takes { id, label, get(element), set(editing, value, element) } and gives a panel entry.

// The component is made once per sort of field, not once per drawing of the panel: a new component
// would be a new input, and the caret would jump out of it at every key.
function bound(Entry, isEdited, more = () => ({})) {
  function Component({ element, id, spec }) {
    const editing = useService('editing');
    const debounce = useService('debounceInput');
    const catalogue = useService('catalogue');
    const subject = spec.subject ?? element;
    return <Entry id={id} element={subject} label={spec.label} description={spec.description}
      debounce={debounce} translate={translate} getValue={() => spec.get(subject) ?? ''}
      setValue={(value, problem) => { if (!problem) spec.set(editing, value ?? '', subject); }}
      validate={spec.validate && ((value) => spec.validate(value ?? '', subject))}
      {...more(spec, catalogue, subject)} />;
  }
  return (spec) => ({ id: spec.id, component: Component, isEdited, spec });
}

export const textField = bound(TextFieldEntry, isTextFieldEntryEdited);

export const textArea = bound(TextAreaEntry, isTextAreaEntryEdited,
  (spec) => ({ rows: spec.rows ?? 3, autoResize: true, monospace: spec.monospace ?? false }));

export const checkbox = bound(CheckboxEntry, isCheckboxEntryEdited);

// spec.list: name of a catalogue list; spec.prefix: what stands before its values in the diagram;
// spec.extra: further options, after the offered ones.
export const choice = bound(SelectEntry, isSelectEntryEdited, (spec, catalogue, subject) => ({
  getOptions() {
    const extra = spec.extra ?? [];
    const list = spec.list ? catalogue[spec.list] : [];
    const current = spec.get(subject);
    const unknown = extra.some(({ value }) => value === current) ? '' : current;
    return [...optionsFor(list, unknown, spec.prefix), ...extra];
  },
}));

function Button({ spec }) {
  const injector = useService('injector');
  return (
    <div class="bio-properties-panel-entry">
      <button type="button" class="modeler-button" onClick={() => spec.press(injector)}>{spec.label}</button>
    </div>
  );
}

export const button = (spec) => ({ id: spec.id, component: Button, spec });
