// Where the process goes: conditions of gateways, and what events wait for or tell.
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { say } from '../../common/language.js';
import { eventDefinition, model } from '../xml.js';
import { checkbox, choice, textArea, textField } from './fields.jsx';
import { boundaryField, timerFields } from './work.js';

const isDefault = (flow) => model(flow.source).default === model(flow);
const condition = (flow) => model(flow).conditionExpression?.body;

export function conditionGroup(element) {
  const conditional = is(element, 'bpmn:SequenceFlow')
    && isAny(element.source, ['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway']);
  if (!conditional) return null;
  const entries = [checkbox({ id: 'default', label: say('默认分支', 'Default flow'),
    description: say('其他条件都不成立时走这里', 'Taken when no other condition holds'), get: isDefault,
    set: (editing, value, flow) => editing.setDefault(flow, value) })];
  if (!isDefault(element)) {
    entries.push(
      textArea({ id: 'condition', label: say('条件', 'Condition'), monospace: true, get: condition,
        set: (editing, value, flow) => editing.setCondition(flow, value) }),
      choice({ id: 'fact', label: say('在条件中加入词', 'Add a term to the condition'), list: 'facts', get: () => '',
        set: (editing, value, flow) => editing.setCondition(flow, [condition(flow), value].filter(Boolean).join(' ')) }));
  }
  return { id: 'condition', label: say('条件', 'Condition'), entries };
}

const REFERENCES = () => [
  { type: 'bpmn:MessageEventDefinition', label: say('等待的消息', 'Message'), property: 'messageRef',
    target: 'bpmn:Message', key: 'name', list: 'messages' },
  { type: 'bpmn:SignalEventDefinition', label: say('信号名称', 'Signal'), property: 'signalRef',
    target: 'bpmn:Signal', key: 'name' },
  { type: 'bpmn:ErrorEventDefinition', label: say('错误代码', 'Error code'), property: 'errorRef',
    target: 'bpmn:Error', key: 'errorCode' },
  { type: 'bpmn:EscalationEventDefinition', label: say('升级代码', 'Escalation code'), property: 'escalationRef',
    target: 'bpmn:Escalation', key: 'escalationCode' },
];

function referenceFields(element) {
  return REFERENCES().flatMap(({ type, label, property, target, key, list }) => {
    const definition = eventDefinition(element, type);
    if (!definition) return [];
    const field = list ? choice : textField;
    return [field({ id: `reference-${property}`, label, list, get: () => definition.get(property)?.get(key),
      set: (editing, value, shape) => editing.setReference(shape, { definition, property, type: target, key }, value) })];
  });
}

export function eventGroup(element) {
  if (!is(element, 'bpmn:Event')) return null;
  const timer = eventDefinition(element, 'bpmn:TimerEventDefinition') ? timerFields('timer', element) : [];
  const entries = [...timer, ...referenceFields(element), boundaryField(element)].filter(Boolean);
  return entries.length ? { id: 'event', label: say('事件', 'Event'), entries } : null;
}
