// Reading and writing the places of a BPMN element that the panel shows.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';

export const model = (element) => getBusinessObject(element);

export function eventDefinition(element, type) {
  return model(element).eventDefinitions?.find((definition) => is(definition, type)) ?? null;
}

export const timerText = (definition) =>
  (definition.timeDate ?? definition.timeDuration ?? definition.timeCycle)?.body ?? '';

// A deadline rule and a date are instants, "P3D" a duration, "R/P1D" a cycle.
function timerProperty(text) {
  if (/^P/.test(text)) return 'timeDuration';
  return /^R/.test(text) ? 'timeCycle' : 'timeDate';
}

export class Editing {
  constructor(modeling, bpmnFactory, commandStack) {
    Object.assign(this, { modeling, bpmnFactory, commandStack });
  }

  expression(body, parent) {
    const expression = this.bpmnFactory.create('bpmn:FormalExpression', { body });
    expression.$parent = parent;
    return expression;
  }

  set(element, properties) {
    this.modeling.updateProperties(element, properties);
  }

  setPart(element, part, properties) {
    this.modeling.updateModdleProperties(element, part, properties);
  }

  setTimer(element, definition, text) {
    const properties = { timeDate: undefined, timeDuration: undefined, timeCycle: undefined };
    if (text) properties[timerProperty(text)] = this.expression(text, definition);
    this.setPart(element, definition, properties);
  }

  setCondition(flow, body) {
    this.set(flow, { conditionExpression: body ? this.expression(body, model(flow)) : undefined });
  }

  // A message, signal, error or escalation is declared once, at the top of the file, and referred to.
  setReference(element, { definition, property, type, key }, value) {
    const top = model(element).$model && definitionsOf(model(element));
    const found = value && top.rootElements.find((root) => is(root, type) && root.get(key) === value);
    const commands = [];
    let target = found || undefined;
    if (value && !found) {
      target = this.bpmnFactory.create(type, key === 'name' ? { name: value } : { name: value, [key]: value });
      target.$parent = top;
      commands.push(update(element, top, { rootElements: [...top.rootElements, target] }));
    }
    commands.push(update(element, definition, { [property]: target }));
    this.commandStack.execute('properties-panel.multi-command-executor', commands);
  }

  // One answer per bound party, or a fixed number of people at the same time (会签).
  setRepetition(element, cardinality) {
    if (!cardinality) { this.set(element, { loopCharacteristics: undefined }); return; }
    const loop = this.bpmnFactory.create('bpmn:MultiInstanceLoopCharacteristics');
    loop.$parent = model(element);
    loop.loopCardinality = this.expression(cardinality, loop);
    this.set(element, { loopCharacteristics: loop });
  }

  setDefault(flow, chosen) {
    const commands = [update(flow.source, model(flow.source), { default: chosen ? model(flow) : undefined })];
    if (chosen) commands.push(update(flow, model(flow), { conditionExpression: undefined }));
    this.commandStack.execute('properties-panel.multi-command-executor', commands);
  }

  setDocumentation(element, part, text) {
    const documentation = this.bpmnFactory.create('bpmn:Documentation', { text });
    documentation.$parent = part;
    this.setPart(element, part, { documentation: text ? [documentation] : [] });
  }
}
Editing.$inject = ['modeling', 'bpmnFactory', 'commandStack'];

function update(element, moddleElement, properties) {
  return { cmd: 'element.updateModdleProperties', context: { element, moddleElement, properties } };
}

function definitionsOf(part) {
  let top = part;
  while (top.$parent) top = top.$parent;
  return top;
}
