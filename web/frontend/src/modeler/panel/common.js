// Name, identifier and help: what every element has.
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { say } from '../../common/language.js';
import { model } from '../xml.js';
import { choice, textArea, textField } from './fields.jsx';

const RESERVED = new Set(['Start', 'End', 'Root']); // names the process engine makes for itself
const IDENTIFIER = /^[A-Za-z_][\w.-]*$/;

function idProblem(value, part) {
  if (!IDENTIFIER.test(value)) {
    return say('标识以字母开头，只含字母、数字和 _ - .', 'An identifier begins with a letter and holds letters, digits, _ - .');
  }
  if (RESERVED.has(value)) return say('此标识为系统保留', 'This identifier is reserved');
  const owner = part.$model.ids.assigned(value);
  return owner && owner !== part ? say('此标识已被使用', 'This identifier is taken') : null;
}

const setName = (editing, value, element) => editing.modeling.updateLabel(element, value);

function nameField(element) {
  const spec = { id: 'name', label: say('名称', 'Name'), get: (shape) => model(shape).name, set: setName };
  if (is(element, 'bpmn:Lane')) {
    return choice({ ...spec, label: say('办理角色', 'Role'), list: 'roles' });
  }
  if (is(element, 'bpmn:TextAnnotation')) {
    return textArea({ ...spec, label: say('文字', 'Text'), get: (shape) => model(shape).text,
      set: (editing, value, shape) => { if (value) setName(editing, value, shape); } });
  }
  return textArea({ ...spec, rows: 1 });
}

const idField = () => textField({
  id: 'id', label: say('标识', 'Identifier'), get: (shape) => model(shape).id,
  validate: (value, shape) => idProblem(value, model(shape)),
  set: (editing, value, shape) => editing.set(shape, { id: value }),
});

const helpField = (part, label) => textArea({
  id: 'documentation', label, get: () => part.documentation?.[0]?.text,
  set: (editing, value, shape) => editing.setDocumentation(shape, part, value),
});

export function commonGroup(element) {
  if (is(element, 'bpmn:Collaboration')) return null; // the frame of the file: nothing of it is shown
  const entries = [nameField(element), idField()];
  if (isAny(element, ['bpmn:Activity', 'bpmn:Event', 'bpmn:Gateway', 'bpmn:Process'])) {
    entries.push(helpField(model(element), say('办事说明', 'Help for staff')));
  }
  return { id: 'common', label: say('基本', 'General'), entries };
}

// A process without a pool is the drawing's own root and has the common fields.
function processOf(element) {
  if (is(element, 'bpmn:Participant')) return model(element).processRef;
  if (is(element, 'bpmn:Collaboration')) return model(element).participants?.[0]?.processRef;
  return null;
}

export function processGroup(element) {
  const process = processOf(element);
  if (!process) return null;
  const part = (id, label, property, validate) => textField({
    id, label, get: () => process.get(property), validate,
    set: (editing, value, shape) => editing.setPart(shape, process, { [property]: value || undefined }) });
  return { id: 'process', label: say('流程', 'Process'), entries: [
    part('process-id', say('流程标识', 'Process identifier'), 'id', (value) => idProblem(value, process)),
    part('process-name', say('流程名称', 'Process name'), 'name'),
    helpField(process, say('流程说明', 'About the process')),
  ] };
}
