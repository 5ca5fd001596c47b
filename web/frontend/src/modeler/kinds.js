// The kinds of element a person may draw: exactly those the engine accepts. Everything the engine would
// refuse is neither in the palette, nor in the pad beside an element, nor in the menu that changes kinds.
import { PopupEntries } from 'bpmn-js/lib/features/popup-menu/PopupEntries';
import { is } from 'bpmn-js/lib/util/ModelUtil';

const TASKS = ['user-task', 'rule-task', 'service-task', 'manual-task', 'call-activity', 'expanded-subprocess'];
const GATEWAYS = ['exclusive-gateway', 'parallel-gateway', 'inclusive-gateway', 'event-based-gateway'];
const EVENTS = [
  'none-start-event', 'none-end-event', 'terminate-end', 'error-end', 'escalation-end',
  'timer-intermediate-catch', 'message-intermediate-catch', 'signal-intermediate-catch',
  'signal-intermediate-throw', 'escalation-intermediate-throw',
];
const BOUNDARY = [
  'timer-boundary', 'non-interrupting-timer-boundary', 'error-boundary',
  'escalation-boundary', 'non-interrupting-escalation-boundary',
];

// The menu names some of its actions after the shape drawn, not after the entry.
const ACTIONS = new Set([
  ...[...TASKS, ...GATEWAYS, ...EVENTS, ...BOUNDARY].map((id) => `replace-with-${id}`),
  'replace-with-none-start', 'replace-with-none-end', 'replace-with-subprocess',
  'replace-with-collapsed-subprocess',
  'replace-with-default-flow', 'replace-with-sequence-flow', 'replace-with-expanded-pool',
  'toggle-non-interrupting',
]);

const PALETTE = {
  event: ['none-start-event', 'none-end-event', 'timer-intermediate-catch', 'message-intermediate-catch'],
  gateway: ['exclusive-gateway', 'parallel-gateway'],
  activity: ['user-task', 'rule-task', 'service-task', 'call-activity', 'expanded-subprocess'],
};
const TOOLS = ['hand-tool', 'lasso-tool', 'space-tool', 'global-connect-tool', 'tool-separator'];
const KEPT_IN_PALETTE = new Set([...TOOLS, 'create.participant-expanded']);

const APPENDED = ['user-task', 'rule-task', 'service-task', 'exclusive-gateway', 'timer-intermediate-catch', 'none-end-event'];
const KEPT_IN_PAD = new Set([
  'connect', 'delete', 'replace', 'append.text-annotation', 'append.message-intermediate-event',
  'append.timer-intermediate-event', 'append.signal-intermediate-event', 'lane-insert-above',
  'lane-insert-below', 'lane-divide-two', 'lane-divide-three', 'align-elements', 'distribute-elements',
]);

const only = (entries, allowed) =>
  Object.fromEntries(Object.entries(entries).filter(([id]) => allowed.has(id)));

class AcceptedKinds {
  constructor(palette, contextPad, popupMenu, create, elementFactory, autoPlace, translate) {
    Object.assign(this, { create, elementFactory, autoPlace, translate, popupMenu, contextPad });
    palette.registerProvider(500, { getPaletteEntries: () => (entries) => this.palette(entries) });
    contextPad.registerProvider(500, {
      getContextPadEntries: (element) => (entries) => this.pad(element, entries),
      getMultiElementContextPadEntries: () => (entries) => only(entries, KEPT_IN_PAD),
    });
    popupMenu.registerProvider('bpmn-replace', 500, {
      getPopupMenuEntries: () => (entries) => only(entries, ACTIONS),
      getPopupMenuHeaderEntries: () => (entries) => only(entries, ACTIONS),
    });
  }

  shape(id) {
    const { type, ...attributes } = PopupEntries[id].target;
    return this.elementFactory.createShape({ type, ...attributes });
  }

  palette(entries) {
    const kept = only(entries, KEPT_IN_PALETTE);
    const { 'create.participant-expanded': participant, ...tools } = kept;
    const drawn = {};
    for (const [group, ids] of Object.entries(PALETTE)) {
      for (const id of ids) {
        const begin = (event) => this.create.start(event, this.shape(id));
        drawn[`create.${id}`] = { group, className: PopupEntries[id].className,
          title: this.translate(PopupEntries[id].label), action: { click: begin, dragstart: begin } };
      }
    }
    // A sub-process comes with its start event: bpmn-js knows how.
    const subprocess = entries['create.subprocess-expanded'];
    drawn['create.expanded-subprocess'].action = subprocess.action;
    return { ...tools, ...drawn, 'create.participant-expanded': participant };
  }

  pad(element, entries) {
    const appended = this.mayContinue(element) ? this.appendEntries() : {};
    const kept = only(entries, KEPT_IN_PAD);
    if (kept.replace) {
      const open = { click: (event, target) => this.openReplace(event, target) };
      kept.replace = { ...kept.replace, action: open };
    }
    return { ...appended, ...kept };
  }

  mayContinue(element) {
    return is(element, 'bpmn:FlowNode') && element.type !== 'label'
      && !is(element, 'bpmn:EndEvent') && !is(element, 'bpmn:EventBasedGateway');
  }

  appendEntries() {
    return Object.fromEntries(APPENDED.map((id) => [`append.${id}`, {
      group: 'model',
      className: PopupEntries[id].className,
      title: this.translate('Append {type}', { type: PopupEntries[id].label }),
      action: {
        click: (_, element) => this.autoPlace.append(element, this.shape(id)),
        dragstart: (event, element) => this.create.start(event, this.shape(id), { source: element }),
      },
    }]));
  }

  // Without the search field: the menu is short, and the field counts its results in English.
  openReplace(event, target) {
    const pad = this.contextPad.getPad(target).html.getBoundingClientRect();
    const cursor = { x: event.x, y: event.y };
    this.popupMenu.open(target, 'bpmn-replace', { x: pad.left, y: pad.bottom + 5, cursor },
      { title: this.translate('Change element'), width: 260, search: false });
  }
}
AcceptedKinds.$inject = ['palette', 'contextPad', 'popupMenu', 'create', 'elementFactory', 'autoPlace', 'translate'];

export const acceptedKinds = { __init__: ['acceptedKinds'], acceptedKinds: ['type', AcceptedKinds] };
