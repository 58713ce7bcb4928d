// The bar chart: one bar a second, its number above it, the last 30 seconds.
import uPlot from './vendor/uplot.js';

const BARS = 30;
const HEIGHT = 320;

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);

/** uPlot reads colours from strings, which know nothing of light-dark(): the browser resolves them on an element. */
function resolved(name) {
  const probe = document.createElement('span');
  probe.style.color = color(name);
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

/** Writes each value above its bar. */
function labels(ink) {
  return (u) => {
    const { ctx } = u;
    const [seconds, values] = u.data;
    ctx.save();
    ctx.fillStyle = ink;
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'bottom';
    const room = u.valToPos(1, 'x', true) - u.valToPos(0, 'x', true);
    const widest = Math.max(...values.map((value) => ctx.measureText(String(value)).width));
    // On a narrow screen the numbers would stand on each other: as many as there is room for, the last one always.
    const every = Math.ceil((widest + 2 * devicePixelRatio) / room);
    for (const [i, value] of values.entries()) {
      if (value === 0 || (values.length - 1 - i) % every !== 0) continue;
      ctx.fillText(
        String(value),
        u.valToPos(seconds[i], 'x', true),
        u.valToPos(value, 'y', true) - 2 * devicePixelRatio,
      );
    }
    ctx.restore();
  };
}

/** A chart in `container`; the function it returns adds a bar. */
export function createChart(container) {
  const [ink, quiet, line, accent] = ['--text', '--quiet', '--line', '--accent'].map(resolved);
  // Starts with one zero bar; the axis is a full window wide from the beginning.
  const seconds = [0];
  const rates = [0];
  const axis = { stroke: quiet, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  const plot = new uPlot(
    {
      width: container.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false } },
      scales: {
        x: { time: false, range: () => [seconds[0] - 0.6, Math.max(seconds[0] + BARS - 1, seconds.at(-1)) + 0.6] },
        y: { range: (_u, _min, max) => [0, Math.max(10, max * 1.12)] },
      },
      series: [
        { label: 'second' },
        {
          label: 'rps',
          fill: accent,
          stroke: accent,
          width: 0,
          points: { show: false },
          paths: uPlot.paths.bars({ size: [0.8, 40], radius: 0.15 }),
        },
      ],
      axes: [
        { ...axis, grid: { show: false }, label: 'Ticking RPS', labelSize: 24, incrs: [1, 2, 5, 10] },
        { ...axis, size: 64 },
      ],
      hooks: { draw: [labels(ink)] },
    },
    [seconds, rates],
    container,
  );
  new ResizeObserver(() => plot.setSize({ width: container.clientWidth, height: HEIGHT })).observe(container);
  return (rate) => {
    seconds.push(seconds.at(-1) + 1);
    rates.push(rate);
    if (seconds.length > BARS) {
      seconds.shift();
      rates.shift();
    }
    plot.setData([seconds, rates]);
    container.dataset.bars = String(seconds.length);
  };
}
