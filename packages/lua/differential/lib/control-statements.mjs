/** Blocks, branches and loops. Each takes the program writer and the depth it is at. */

function ifElse(w, depth) {
  w.line(`if ${w.expr('bool')} then`);
  w.block(() => w.body(depth));
  if (w.random.chance(0.3)) {
    w.line(`elseif ${w.expr('bool')} then`);
    w.block(() => w.body(depth));
  }
  if (w.random.chance(0.5)) {
    w.line('else');
    w.block(() => w.body(depth));
  }
  w.line('end');
}

function loopBody(w, depth) {
  w.loops++;
  w.line('T()');
  w.body(depth);
  if (w.random.chance(0.15)) w.line(`if ${w.expr('bool')} then break end`);
  w.loops--;
}

function forNumber(w, depth) {
  const r = w.random;
  const name = w.fresh('i');
  const bounds = r.pick(['1, 3', '3, 1, -1', '1, 0', '0, 1, 0.25', '1, 2', '10, 1, -4', `1, ${w.expr('num')} % 5`]);
  w.line(`for ${name} = ${bounds} do`);
  w.block(() => {
    w.scope.declare(name, 'num', { fixed: r.chance(0.8) });
    loopBody(w, depth);
  });
  w.line('end');
}

function forEach(w, depth) {
  const index = w.fresh('i');
  const value = w.fresh('v');
  w.line(`for ${index}, ${value} in ipairs(${w.expr('arr')}) do`);
  w.block(() => {
    w.scope.declare(index, 'num', { fixed: true });
    w.scope.declare(value, 'num');
    loopBody(w, depth);
  });
  w.line('end');
}

function forKeys(w, depth) {
  const key = w.fresh('k');
  w.line(`for ${key} in keys(${w.expr('map')}) do`);
  w.block(() => {
    w.scope.declare(key, 'str', { fixed: true });
    loopBody(w, depth);
  });
  w.line('end');
}

function whileLoop(w, depth) {
  const name = w.fresh('w');
  w.line(`local ${name} = 0`);
  w.line(`while ${name} < ${1 + w.random.below(4)} do`);
  w.block(() => {
    w.line(`${name} = ${name} + 1`);
    loopBody(w, depth);
  });
  w.line('end');
}

function repeatLoop(w, depth) {
  const name = w.fresh('w');
  w.line(`local ${name} = 0`);
  w.line('repeat');
  w.block(() => {
    w.line(`local last = ${name} >= ${w.random.below(3)}`);
    w.line(`${name} = ${name} + 1`);
    w.line('T()');
    w.body(depth);
  });
  w.line(`until last`);
}

function doBlock(w, depth) {
  w.line('do');
  w.block(() => w.body(depth));
  w.line('end');
}

function continueLoop(w, depth) {
  const label = `cont${++w.counter}`;
  const name = w.fresh('i');
  w.line(`for ${name} = 1, ${2 + w.random.below(4)} do`);
  w.block(() => {
    w.scope.declare(name, 'num', { fixed: true });
    w.line('T()');
    w.line(`if ${name} % ${2 + w.random.below(2)} == 0 then goto ${label} end`);
    w.line('do');
    w.block(() => w.body(depth));
    w.line('end');
    w.line(`::${label}::`);
  });
  w.line('end');
}

function nestedBreak(w, depth) {
  const label = `out${++w.counter}`;
  const name = `g${w.counter}`;
  w.line('do');
  w.block(() => {
    w.line(`local ${name} = 0`);
    w.line(`::again${w.counter}::`);
    w.line(`${name} = ${name} + 1`);
    w.line('T()');
    w.line('for i = 1, 3 do');
    w.block(() => {
      w.line('for j = 1, 3 do');
      w.block(() => {
        w.line(`if i * j > ${2 + w.random.below(5)} then goto ${label} end`);
        w.body(depth + 1);
      });
      w.line('end');
    });
    w.line('end');
    w.line(`::${label}::`);
    w.line(`show(${name})`);
    w.line(`if ${name} < 2 then goto again${label.slice(3)} end`);
  });
  w.line('end');
}

export const CONTROL_STATEMENTS = {
  ifElse,
  forNumber,
  forEach,
  forKeys,
  whileLoop,
  repeatLoop,
  doBlock,
  continueLoop,
  nestedBreak,
};
