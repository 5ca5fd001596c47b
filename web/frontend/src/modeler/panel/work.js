// What a task does: its form, rule or service, who answers, and by when.
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { say } from '../../common/language.js';
import { deadlinesOf } from '../deadline.js';
import { eventDefinition, model, timerText } from '../xml.js';
import { button, checkbox, choice, textField } from './fields.jsx';

const BOUND = () => ({
  'bpmn:UserTask': { label: say('表单', 'Form'), list: 'forms', prefix: 'form:' },
  'bpmn:BusinessRuleTask': { label: say('规则', 'Rule'), list: 'rules', prefix: 'rule:' },
  'bpmn:ServiceTask': { label: say('服务', 'Service'), list: 'services', prefix: '' },
});

function implementationField(element) {
  const bound = BOUND()[element.type];
  return bound && choice({ id: 'implementation', ...bound, get: (shape) => model(shape).implementation,
    set: (editing, value, shape) => editing.set(shape, { implementation: value || undefined }) });
}

const SEVERAL = () => Array.from({ length: 19 }, (_, index) => ({
  value: String(index + 2), label: say(`${index + 2} 人会签`, `${index + 2} people`) }));

function repetitionField(element) {
  return is(element, 'bpmn:UserTask') && choice({
    id: 'repetition', label: say('由谁各办一份', 'One answer from each'), list: 'parties', extra: SEVERAL(),
    description: say('不选：只办一份', 'Nothing chosen: one answer'),
    get: (shape) => model(shape).loopCharacteristics?.loopCardinality?.body,
    set: (editing, value, shape) => editing.setRepetition(shape, value) });
}

function calledField(element) {
  return is(element, 'bpmn:CallActivity') && choice({
    id: 'called', label: say('调用流程', 'Called process'), list: 'processes',
    get: (shape) => model(shape).calledElement,
    set: (editing, value, shape) => editing.set(shape, { calledElement: value || undefined }) });
}

export function workGroup(element) {
  const entries = [implementationField(element), calledField(element), repetitionField(element)].filter(Boolean);
  return entries.length ? { id: 'work', label: say('办理', 'Work'), entries } : null;
}

export function timerFields(prefix, subject) {
  const definition = eventDefinition(subject, 'bpmn:TimerEventDefinition');
  const text = () => timerText(definition);
  const set = (editing, value, shape) => editing.setTimer(shape, definition, value.trim());
  const ruled = text().startsWith('rule:');
  return [
    choice({ id: `${prefix}-rule`, label: say('期限规则', 'Deadline rule'), list: 'deadlines', prefix: 'rule:',
      subject, get: () => (text().startsWith('rule:') ? text() : ''), set }),
    ...(ruled ? [] : [textField({ id: `${prefix}-literal`, label: say('或固定期限', 'Or a fixed time'), subject,
      description: say('ISO 8601，如 P3D、2026-07-01', 'ISO 8601, such as P3D or 2026-07-01'), get: text, set })]),
  ];
}

const interrupts = (id, subject) => checkbox({ id, subject,
  label: say('到期即终止任务', 'Ends the task when reached'),
  get: (shape) => model(shape).cancelActivity !== false,
  set: (editing, value, shape) => editing.set(shape, { cancelActivity: Boolean(value) }) });

export function deadlineGroup(element) {
  if (!isAny(element, ['bpmn:UserTask', 'bpmn:ManualTask', 'bpmn:CallActivity', 'bpmn:SubProcess'])) return null;
  const each = deadlinesOf(element).flatMap((timer) => [
    ...timerFields(`deadline-${timer.id}`, timer), interrupts(`deadline-${timer.id}-ends`, timer),
    button({ id: `deadline-${timer.id}-remove`, label: say('删除这个期限', 'Remove this deadline'),
      press: (injector) => injector.get('deadlines').remove(timer) }),
  ]);
  const add = (id, supervised, label) => button({ id, label,
    press: (injector) => injector.get('deadlines').add(element, { supervised }) });
  each.push(
    add('deadline-supervised', true, say('增加期限：期限到了派督办任务', 'Add a deadline: a task when it is missed')),
    add('deadline-recorded', false, say('增加期限：期限到了只作记录', 'Add a deadline: recorded when it is missed')));
  return { id: 'deadline', label: say('办理期限', 'Deadlines'), entries: each };
}

export const boundaryField = (element) =>
  (is(element, 'bpmn:BoundaryEvent') ? interrupts('interrupts', element) : null);
