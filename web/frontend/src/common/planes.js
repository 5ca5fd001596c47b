// A sub-process that stands apart is one box on its plane and has a plane of its own behind it.

export const isBox = (shape) => shape?.type === 'bpmn:SubProcess' && Boolean(shape.collapsed);

// A sub-process that lies open in its place: what stands in it speaks for itself.
export const isOpen = (shape) => shape?.type === 'bpmn:SubProcess' && !shape.collapsed && Boolean(shape.parent);

export class Planes {
  constructor(viewer) {
    this.canvas = viewer.get('canvas');
    this.registry = viewer.get('elementRegistry');
    this.eventBus = viewer.get('eventBus');
    this.home = this.canvas.getRootElement();
  }

  get current() { return this.canvas.getRootElement(); }

  get count() { return this.canvas.getRootElements().length; }

  isRoot(shape) { return this.canvas.getRootElements().includes(shape); }

  isShown(shape) { return this.canvas.findRoot(shape) === this.current; }

  go(root) {
    if (root && root !== this.current) this.canvas.setRootElement(root);
  }

  // Opens the plane on which an element stands.
  show(shape) { if (shape) this.go(this.canvas.findRoot(shape)); }

  // Opens the plane behind a box.
  enter(box) { this.go(this.canvas.findRoot(`${box.id}_plane`)); }

  // The boxes an element lies behind, from its own plane outwards.
  around(shape) {
    const boxes = [];
    const behind = (each) => this.registry.get(this.canvas.findRoot(each)?.businessObject?.id);
    for (let box = behind(shape); isBox(box); box = behind(box)) boxes.push(box);
    return boxes;
  }

  // What stands for an element on the plane that is shown: itself, or the box it lies behind.
  standIn(shape) {
    return [shape, ...this.around(shape)].find((each) => this.isShown(each)) ?? null;
  }

  // After bpmn-js has put the plane where it was seen last.
  onChange(listener) { this.eventBus.on('root.set', 500, listener); }
}
