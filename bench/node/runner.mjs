// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
// The runner of V8, with the protocol of bench/runner/src/serve.rs. Which compiler works is said by node's options; see
// bench/driver/src/rows.rs.
import { readFileSync, readSync, writeFileSync, writeSync } from 'node:fs';

const imports = { bench: { nothing() {} } };
let module, instance;

// CPU time of the process in nanoseconds, to the microsecond.
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
};
const timed = (work) => {
  const wall = process.hrtime.bigint(), before = cpu();
  const result = work();
  const after = cpu();
  return [after - before, process.hrtime.bigint() - wall, result];
};

// V8 keeps native modules and gives them out again for the same bytes: a custom section with a number makes them others.
let serial = 0;
const unlike = (bytes) => {
  const section = [0, 7, 1, 0x6e, ...[0, 8, 16, 24, 32].map((shift) => (++serial * 2654435761 >>> shift) & 0xff)];
  const copy = new Uint8Array(bytes.length + section.length);
  copy.set(bytes);
  copy.set(section, bytes.length);
  return copy;
};

const resident = (name) => Number(readFileSync('/proc/self/status', 'utf8').match(new RegExp(`${name}:\\s+(\\d+)`))[1]) * 1024;

const commands = {
  load(file) {
    module = new WebAssembly.Module(readFileSync(file));
    instance = new WebAssembly.Instance(module, imports);
    return [];
  },
  run(n) {
    const { run } = instance.exports;
    const [c, w, result] = timed(() => run(Number(n)));
    return [c, w, result >>> 0];
  },
  compile(file) {
    const bytes = unlike(readFileSync(file));
    const [c, w] = timed(() => new WebAssembly.Module(bytes));
    globalThis.gc?.();
    return [c, w, 0];
  },
  validate(file) {
    const bytes = unlike(readFileSync(file));
    const [c, w, valid] = timed(() => WebAssembly.validate(bytes));
    if (!valid) throw new Error('not valid');
    return [c, w];
  },
  peak(file) {
    const bytes = unlike(readFileSync(file));
    globalThis.gc?.();
    writeFileSync('/proc/self/clear_refs', '5');
    const before = resident('VmRSS');
    new WebAssembly.Module(bytes);
    return [Math.max(0, resident('VmHWM') - before)];
  },
  instances(n) {
    const times = [];
    for (let i = 0; i < Number(n); i++) {
      const start = process.hrtime.bigint();
      new WebAssembly.Instance(module, imports).exports.run(0);
      times.push(process.hrtime.bigint() - start);
    }
    return times;
  },
  call(n) {
    const { empty } = instance.exports;
    return [timed(() => { for (let i = 0; i < Number(n); i++) empty(); })[0]];
  },
  call_out(n) {
    return [timed(() => instance.exports.call_out(Number(n)))[0]];
  },
  grow(n) {
    instance = new WebAssembly.Instance(module, imports);
    const { grow } = instance.exports;
    return [timed(() => { for (let i = 0; i < Number(n); i++) if (grow() < 0) throw new Error('memory.grow failed'); })[0]];
  },
};

// Synchronous: nothing else shall run between commands.
const buffer = Buffer.alloc(4096);
let rest = '';
for (;;) {
  let length = 0;
  try {
    length = readSync(0, buffer);
  } catch (error) {
    if (error.code === 'EAGAIN') continue;
    if (error.code !== 'EOF') throw error;
  }
  if (length === 0) break;
  rest += buffer.toString('utf8', 0, length);
  const lines = rest.split('\n');
  rest = lines.pop();
  for (const line of lines) {
    const [command, ...argument] = line.split(' ');
    let answer;
    try {
      answer = ['ok', ...commands[command](argument.join(' '))].join(' ');
    } catch (error) {
      answer = `error ${String(error).replaceAll('\n', ' ')}`;
    }
    writeSync(1, `${answer}\n`);
  }
}
