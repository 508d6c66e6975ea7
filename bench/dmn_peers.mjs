// dmn_peers.mjs - the table of dmn_bench.c (bench/dmn_table.dmn, same cases) in three engines from
// npm, one thread, decisions per second. Where an engine has no expressions between decisions, the
// amount is computed in JavaScript, which is to its advantage.
//   npm install --prefix bench && node bench/dmn_peers.mjs [SECONDS=2]
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const seconds = Number(process.argv[2] ?? 2);
const xml = readFileSync(new URL('dmn_table.dmn', import.meta.url), 'utf8');
const unescape = (text) => text.replaceAll('&gt;', '>').replaceAll('&lt;', '<');
const texts = (part, name) =>
  [...part.matchAll(new RegExp(`<${name} [^>]*><text>([^<]*)</text>`, 'g'))].map((m) => unescape(m[1]));
const rules = [...xml.matchAll(/<rule .*?<\/rule>/g)].map(([rule]) => ({
  inputs: texts(rule, 'inputEntry'), outputs: texts(rule, 'outputEntry') }));
const names = ['category', 'level', 'price'];

const rows = [['appliance', 1, 6999], ['appliance', 2, 8999.5], ['phone', 3, 4999],
  ['phone', 4, 7999], ['bicycle', 5, 899], ['bicycle', 1, 3299], ['kitchen', 3, 1200.5],
  ['bath', 5, 9800]];
const wanted = [1399.8, 1349.925, 500, 0, 89.9, 395.88, 240.1, 800];
const cases = rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])));

async function measure(name, decide) {
  for (let i = 0; i < cases.length; i++) {
    const amount = Number(await decide(cases[i]));
    if (!(Math.abs(amount - wanted[i]) < 1e-6)) {
      throw new Error(`${name}: case ${i} gives ${amount}, not ${wanted[i]}`);
    }
  }
  const end = performance.now() + seconds * 1000;
  const start = performance.now();
  let count = 0;
  while (performance.now() < end) {
    for (const one of cases) {
      const amount = decide(one);
      if (amount instanceof Promise) await amount;
      count++;
    }
  }
  const rate = count / ((performance.now() - start) / 1000);
  console.log(`${name.padEnd(26)} ${rate.toFixed(0).padStart(12)} decisions/s`);
}

async function attempt(name, prepare) {
  try {
    await measure(name, await prepare());
  } catch (error) {
    console.log(`${name.padEnd(26)} ${String(error.message ?? error).split('\n')[0]}`);
    process.exitCode = 1;
  }
}

await attempt('feelin', async () => {
  const { unaryTest, evaluate } = await import('feelin');
  return (input) => {
    const hit = rules.find((rule) => rule.inputs.every(
      (text, i) => text === '-' || unaryTest(text, { '?': input[names[i]] }).value === true));
    const terms = { rate: evaluate(hit.outputs[0]).value, cap: evaluate(hit.outputs[1]).value };
    return evaluate('min(price * terms.rate, terms.cap)', { price: input.price, terms }).value;
  };
});

await attempt('@hbtgmbh/dmn-eval-js', async () => {
  const { decisionTable } = require('@hbtgmbh/dmn-eval-js');
  const table = xml.replace(/xmlns="[^"]*"/, 'xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd"')
    .replace(/<decision id="amount".*<\/decision>/s, '')
    .replace(/<inputData.*?<\/inputData>/gs, '')
    .replace(/<informationRequirement.*?<\/informationRequirement>/gs, '')
    .replace(/<inputEntry ([^>]*)><text>-<\/text>/g, '<inputEntry $1><text></text>');
  const decisions = await decisionTable.parseDmnXml(table);
  return (input) => {
    const terms = decisionTable.evaluateDecision('terms', decisions, input);
    return Math.min(input.price * terms.rate, terms.cap);
  };
});

await attempt('js-feel', async () => {
  const { decisionTable } = require('js-feel')();
  const table = {
    inputExpressionList: names, inputValuesList: [[], [], []], outputs: ['rate', 'cap'],
    outputValues: [[], []], hitPolicy: 'F', context: null,
    ruleList: rules.map((rule) => [...rule.inputs, ...rule.outputs]) };
  return (input) => new Promise((resolve, reject) => {
    decisionTable.execute_decision_table('bench', table, input, (error, result) => {
      const terms = result ?? error;
      if (terms instanceof Error) reject(terms);
      else resolve(Math.min(input.price * terms.rate, terms.cap));
    });
  });
});
