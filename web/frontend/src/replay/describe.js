// A diagram as facts: for every element the properties that decide, each under a word people know.
import { say } from '../common/language.js';

const KINDS = () => ({
  'bpmn:UserTask': say('用户任务', 'User task'), 'bpmn:ManualTask': say('手工任务', 'Manual task'),
  'bpmn:ServiceTask': say('服务任务', 'Service task'), 'bpmn:BusinessRuleTask': say('规则任务', 'Rule task'),
  'bpmn:CallActivity': say('调用流程', 'Call activity'), 'bpmn:SubProcess': say('子流程', 'Sub-process'),
  'bpmn:StartEvent': say('开始', 'Start'), 'bpmn:EndEvent': say('结束', 'End'),
  'bpmn:IntermediateCatchEvent': say('等待事件', 'Catch event'),
  'bpmn:IntermediateThrowEvent': say('发出事件', 'Throw event'),
  'bpmn:BoundaryEvent': say('边界事件', 'Boundary event'),
  'bpmn:ExclusiveGateway': say('排他网关', 'Exclusive gateway'),
  'bpmn:ParallelGateway': say('并行网关', 'Parallel gateway'),
  'bpmn:InclusiveGateway': say('包容网关', 'Inclusive gateway'),
  'bpmn:EventBasedGateway': say('事件网关', 'Event gateway'),
  'bpmn:SequenceFlow': say('连线', 'Flow'), 'bpmn:Lane': say('泳道', 'Lane'),
  'bpmn:Participant': say('流程池', 'Pool'), 'bpmn:Process': say('流程', 'Process'),
  'bpmn:TextAnnotation': say('注释', 'Annotation'),
});

export const kindOf = (model) => KINDS()[model.$type] ?? model.$type.replace('bpmn:', '');

const nameOf = (model) => (model ? model.name || model.id : undefined);

// A flow without a name of its own is called by its two ends.
export const titleOf = (model) => (model.name || !model.sourceRef || !model.targetRef
  ? nameOf(model) : `${nameOf(model.sourceRef)} → ${nameOf(model.targetRef)}`);

// Compared by id, shown by name: a flow does not change because its target is renamed.
const linkTo = (model) => model && { id: model.id, shown: nameOf(model) };
const identity = (value) => value?.id ?? value;
const shown = (value) => value?.shown ?? value;

// The sub-process a node lies in; of a flow its two ends tell.
const partOf = (model) => (model.$parent?.$type === 'bpmn:SubProcess' && model.$type !== 'bpmn:SequenceFlow'
  ? linkTo(model.$parent) : undefined);

function timerOf(definition) {
  return (definition.timeDate ?? definition.timeDuration ?? definition.timeCycle)?.body;
}

function eventOf(model) {
  return (model.eventDefinitions ?? []).map((definition) => [
    definition.$type.replace('bpmn:', '').replace('EventDefinition', ''),
    timerOf(definition) ?? nameOf(definition.messageRef ?? definition.signalRef
      ?? definition.errorRef ?? definition.escalationRef),
  ].filter(Boolean).join(' ')).join('; ') || undefined;
}

function repetitionOf(model) {
  const loop = model.loopCharacteristics;
  if (!loop) return undefined;
  return `${loop.isSequential ? say('依次', 'in turn') : say('同时', 'in parallel')} ${loop.loopCardinality?.body ?? ''}`;
}

export function propertiesOf(model, lane) {
  const properties = {
    [say('类型', 'kind')]: kindOf(model),
    [say('名称', 'name')]: model.name,
    [say('办理角色', 'role')]: lane,
    [say('表单／规则／服务', 'form, rule, service')]: model.implementation,
    [say('办事说明', 'documentation')]: model.documentation?.map((text) => text.text).join('\n'),
    [say('事件', 'event')]: eventOf(model),
    [say('会签', 'repetition')]: repetitionOf(model),
    [say('条件', 'condition')]: model.conditionExpression?.body,
    [say('默认分支', 'default flow')]: linkTo(model.default),
    [say('起点', 'from')]: model.$type === 'bpmn:SequenceFlow' ? linkTo(model.sourceRef) : undefined,
    [say('终点', 'to')]: model.$type === 'bpmn:SequenceFlow' ? linkTo(model.targetRef) : undefined,
    [say('所在子流程', 'sub-process')]: partOf(model),
    [say('附着于', 'attached to')]: linkTo(model.attachedToRef),
    [say('中断任务', 'interrupting')]: model.$type === 'bpmn:BoundaryEvent'
      ? (model.cancelActivity === false ? say('否', 'no') : say('是', 'yes')) : undefined,
    [say('被调用流程', 'called process')]: model.calledElement,
  };
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value));
}

// id → { model, properties } of everything in the definitions that a person would call a part.
export function partsOf(definitions) {
  const lanes = new Map();
  const models = [];
  const walk = (container) => {
    for (const set of container.laneSets ?? []) {
      for (const lane of set.lanes ?? []) {
        models.push(lane);
        for (const node of lane.flowNodeRef ?? []) lanes.set(node.id, lane.name);
      }
    }
    for (const model of [...(container.flowElements ?? []), ...(container.artifacts ?? [])]) {
      models.push(model);
      if (model.flowElements) walk(model);
    }
  };
  for (const root of definitions.rootElements ?? []) {
    if (root.$type === 'bpmn:Process') { models.push(root); walk(root); }
  }
  return new Map(models.filter((model) => model.id).map((model) =>
    [model.id, { model, properties: propertiesOf(model, lanes.get(model.id)) }]));
}

// What changed between two sets of parts, in the order of the new diagram, removed ones last.
export function changesOf(before, after) {
  const changes = [];
  for (const [id, { model, properties }] of after) {
    const old = before.get(id);
    if (!old) { changes.push({ id, model, kind: 'added', values: [] }); continue; }
    const names = new Set([...Object.keys(old.properties), ...Object.keys(properties)]);
    const values = [...names]
      .filter((name) => identity(old.properties[name]) !== identity(properties[name]))
      .map((name) => ({ name, before: shown(old.properties[name]), after: shown(properties[name]) }));
    if (values.length) changes.push({ id, model, kind: 'changed', values });
  }
  for (const [id, { model }] of before) {
    if (!after.has(id)) changes.push({ id, model, kind: 'removed', values: [] });
  }
  return changes;
}
