/*
 * anonymous_test.mjs - a person who has not signed in: what can I get, is the money there, how is
 * the plan doing; and every kind of wrong answer to the calculator's questions.
 */
import {
  DEVICES,
  House,
  equal,
  fact,
  fieldErrors,
  finish,
  includes,
  look,
  ok,
  press,
  story,
  visit,
} from "./house.mjs";

const FRIDGE = [
  { day: "2024-10-01", amount: "1,399.80 元", rule: "APPL-2024", document: "1104" },
  { day: "2025-10-01", amount: "1,399.80 元", rule: "APPL-2025", document: "13" },
  { day: "2026-10-01", amount: "1,049.85 元", rule: "APPL-2026", document: "1745" },
];

async function askFridge(page, day, price = "6999", level = "1") {
  await page.goto("/calculator?programme=appliance");
  await page.fill("#f-day", day);
  await choose(page, "品类", "冰箱");
  await choose(page, "能效", level);
  await page.getByLabel("成交价").fill(price);
  return press(page, "看看能补多少");
}

/* A question is a select or a group of radios, whatever the number of its answers. */
async function choose(page, label, answer) {
  const select = page.locator("main").getByLabel(label);
  if ((await select.count()) > 0 && (await select.first().evaluate((it) => it.tagName)) === "SELECT") {
    await select.first().selectOption(answer);
    return;
  }
  const group = page.locator("fieldset", { hasText: label });
  await group.locator(`input[value="${answer}"]`).check();
}

async function answersOfEachYear(page) {
  for (const row of FRIDGE) {
    const answer = await askFridge(page, row.day);
    equal(answer.status(), 200, `${page.device}: a fridge on ${row.day} is answered`);
    const main = await page.innerText("main");
    includes(main, row.amount, `${page.device}: a fridge on ${row.day} gets ${row.amount}`);
    includes(main, row.rule, `${page.device}: the fired rule of ${row.day} is named`);
    includes(await fact(page, "文件"), row.document, `${page.device}: the document is named`);
    ok((await fact(page, "条款")) !== null, `${page.device}: the clause is told`);
    await look(page, `calculator-${row.day.slice(0, 4)}`);
  }
}

await story("anonymous", async () => {
  const house = await House.open("anonymous");
  try {
    for (const device of Object.keys(DEVICES)) {
      const page = await house.page({ device });
      await visit(page, "/");
      await visit(page, "/calculator");
      await visit(page, "/calculator?programme=appliance", "calculator-questions");
      await answersOfEachYear(page);
    }
  } finally {
    await house.close();
  }
});
finish();
