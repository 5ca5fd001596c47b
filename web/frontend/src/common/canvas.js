// Room around a diagram, so that neither the palette nor the edge covers an element.

const MARGIN = { left: 24, right: 24, top: 24, bottom: 40 }; // below: the bpmn.io mark

// On a plane behind a box, bpmn-js writes the way back (the crumbs) over the upper edge.
function margins(canvas, extra = {}) {
  const crumbs = canvas.getContainer().classList.contains('bjs-breadcrumbs-shown');
  return { ...MARGIN, ...(crumbs ? { top: 56 } : {}), ...extra };
}

// Below this the letters of a diagram cannot be read.
export const READABLE = 0.75;

// Shows `shape` in the middle at a readable size, as far as the diagram reaches.
export function centre(canvas, shape) {
  const { inner, outer } = canvas.viewbox();
  const width = outer.width / READABLE;
  const height = outer.height / READABLE;
  const { left, top } = margins(canvas);
  const place = (middle, size, from, length, before) => {
    const least = from - before / READABLE;
    const most = from + length + MARGIN.bottom / READABLE - size;
    return most < least ? from + (length - size) / 2 : Math.min(Math.max(middle - size / 2, least), most);
  };
  const box = shape.waypoints ? { ...shape.waypoints[0], width: 0, height: 0 } : shape;
  canvas.viewbox({ width, height,
    x: place(box.x + box.width / 2, width, inner.x, inner.width, left),
    y: place(box.y + box.height / 2, height, inner.y, inner.height, top) });
}

export function fit(canvas, extra = {}) {
  const margin = margins(canvas, extra);
  canvas.resized();
  const { inner, outer } = canvas.viewbox();
  if (!inner.width || !outer.width || !outer.height) return;
  const width = Math.max(outer.width - margin.left - margin.right, 50);
  const height = Math.max(outer.height - margin.top - margin.bottom, 50);
  // Larger than life only blurs the letters' proportions; smaller than this nobody can read.
  const scale = Math.min(width / inner.width, height / inner.height, 1.2);
  canvas.viewbox({
    x: inner.x - (margin.left + (width - inner.width * scale) / 2) / scale,
    y: inner.y - (margin.top + (height - inner.height * scale) / 2) / scale,
    width: outer.width / scale,
    height: outer.height / scale,
  });
}

export function refitOnResize(container, refit) {
  let pending = 0;
  new ResizeObserver(() => {
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(refit);
  }).observe(container);
}

export const textRenderer = {
  defaultStyle: { fontFamily: '"Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", system-ui, sans-serif' },
};
