// Room around a diagram, so that neither the palette nor the edge covers an element.

const MARGIN = { left: 24, right: 24, top: 24, bottom: 40 }; // below: the bpmn.io mark

export function fit(canvas, extra = {}) {
  const margin = { ...MARGIN, ...extra };
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
