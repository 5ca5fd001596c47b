// A deadline of a task is a timer at its edge and what follows when it strikes. Both are made, and taken
// away, as one step that can be undone.
import { say } from '../common/language.js';
import { eventDefinition } from './xml.js';

export const deadlinesOf = (element) => (element.attachers ?? [])
  .filter((attached) => eventDefinition(attached, 'bpmn:TimerEventDefinition'));

class AddDeadline {
  constructor(modeling, elementFactory) {
    Object.assign(this, { modeling, elementFactory });
  }

  preExecute({ host, supervised }) {
    const edge = { x: host.x + host.width - 25, y: host.y + host.height };
    const timer = this.modeling.createShape(this.elementFactory.createShape({
      type: 'bpmn:BoundaryEvent', eventDefinitionType: 'bpmn:TimerEventDefinition', cancelActivity: false,
    }), edge, host, { attach: true });
    this.modeling.updateProperties(timer, { name: say('期限已到', 'Deadline reached') });
    let last = timer;
    const place = { x: edge.x + 120, y: edge.y + 70 };
    if (supervised) {
      last = this.modeling.appendShape(timer, { type: 'bpmn:UserTask' }, { ...place }, host.parent);
      this.modeling.updateProperties(last, { name: say('督办超期', 'Deal with the delay') });
      place.x += 130;
    }
    const end = this.modeling.appendShape(last, { type: 'bpmn:EndEvent' }, place, host.parent);
    this.modeling.updateProperties(end, { name: say('逾期已记录', 'Delay recorded') });
  }
}
AddDeadline.$inject = ['modeling', 'elementFactory'];

class RemoveDeadline {
  constructor(modeling) {
    this.modeling = modeling;
  }

  preExecute({ timer }) {
    this.modeling.removeElements([...onlyReachedFrom(timer)]);
  }
}
RemoveDeadline.$inject = ['modeling'];

// The timer and every element that nothing else leads to once it is gone.
function onlyReachedFrom(timer) {
  const gone = new Set([timer]);
  const queue = [timer];
  while (queue.length) {
    for (const flow of queue.pop().outgoing) {
      const { target } = flow;
      if (gone.has(target) || !target.incoming.every((other) => gone.has(other.source))) continue;
      gone.add(target);
      queue.push(target);
    }
  }
  return gone;
}

class Deadlines {
  constructor(commandStack) {
    this.commandStack = commandStack;
    commandStack.registerHandler('deadline.add', AddDeadline);
    commandStack.registerHandler('deadline.remove', RemoveDeadline);
  }

  // Supervised: somebody is told to act. Otherwise the delay is recorded, and that is all.
  add(host, { supervised }) {
    this.commandStack.execute('deadline.add', { host, supervised });
  }

  remove(timer) {
    this.commandStack.execute('deadline.remove', { timer });
  }
}
Deadlines.$inject = ['commandStack'];

export const deadlines = { __init__: ['deadlines'], deadlines: ['type', Deadlines] };
