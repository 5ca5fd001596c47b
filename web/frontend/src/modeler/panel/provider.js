// The panel shows our groups only: the stock ones write much that the engine refuses.
import { Group } from '@bpmn-io/properties-panel';
import { translate } from '../../common/translate.js';
import { commonGroup, processGroup } from './common.js';
import { conditionGroup, eventGroup } from './route.js';
import { deadlineGroup, workGroup } from './work.js';

const GROUPS = [commonGroup, processGroup, workGroup, conditionGroup, eventGroup, deadlineGroup];

class PanelProvider {
  constructor(propertiesPanel, eventBus, selection) {
    propertiesPanel.registerProvider(500, this);
    // The deadlines of a task are elements of their own: the panel of the task must follow them.
    eventBus.on('commandStack.changed', () => {
      const elements = selection.get().slice(0, 1);
      if (elements.length) eventBus.fire('elements.changed', { elements });
    });
  }

  getGroups(element) {
    return () => GROUPS.map((group) => group(element)).filter(Boolean)
      .map((group) => ({ ...group, component: Group, shouldOpen: true, translate }));
  }
}
PanelProvider.$inject = ['propertiesPanel', 'eventBus', 'selection'];

export const panelProvider = { __init__: ['panelProvider'], panelProvider: ['type', PanelProvider] };
