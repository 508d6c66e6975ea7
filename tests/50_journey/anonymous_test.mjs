/*
 * anonymous_test.mjs - a person who has not signed in: what can I get and why, is the money there,
 * how is the plan doing; and the answer on paper.
 */
import {
  DEVICES,
  House,
  equal,
  fact,
  finish,
  includes,
  look,
  ok,
  story,
  visit,
} from "./house.mjs";
import { ask } from "./thread.mjs";

const OPEN_PAGES = [
  "/calculator?programme=digital",
  "/calculator?programme=car_scrap",
  "/calculator?programme=car_replace",
  "/calculator/equipment?day=2026-06-01&kind=road_truck&kind=green_safe",
  "/policy-compare?left=digital-2025&right=digital-2026",
  "/meter",
  "/guide",
  "/policy",
  "/policy/appliance-2026",
  "/dashboard",
  "/task/1",
  "/target/1",
  "/certificate",
  "/certificate/1",
  "/pages",
  "/sign-in",
];

const FRIDGE = [
  { day: "2024-10-01", amount: "1,399.80 元", rule: "APPL-2024", document: "1104" },
  { day: "2025-10-01", amount: "1,399.80 元", rule: "APPL-2025", document: "13" },
  { day: "2026-10-01", amount: "1,049.85 元", rule: "APPL-2026", document: "1745" },
];

async function answersOfEachYear(page) {
  for (const row of FRIDGE) {
    const answer = await ask(page, { day: row.day, category: "冰箱", price: "6999" });
    equal(answer.status(), 200, `${page.device}: a fridge on ${row.day} is answered`);
    const main = await page.innerText("main");
    includes(main, row.amount, `${page.device}: a fridge on ${row.day} gets ${row.amount}`);
    includes(main, row.rule, `${page.device}: the fired rule of ${row.day} is named`);
    includes(await fact(page, "文件"), row.document, `${page.device}: the document is named`);
    ok((await fact(page, "条款")) !== null, `${page.device}: the clause is told`);
    await look(page, `calculator-${row.day.slice(0, 4)}`);
  }
}

/* The printed answer: the amount and its basis, without navigation and questions. */
async function onPaper(page) {
  await page.emulateMedia({ media: "print" });
  const text = await page.innerText("body");
  includes(text, "1,049.85 元", `${page.device}: the printed answer has the amount`);
  includes(text, "1745", `${page.device}: and the document`);
  ok(!text.includes("请回答") && !text.includes("长辈版"), `${page.device}: and no questions`, text);
  await look(page, "printed-answer");
  await page.emulateMedia({ media: null });
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
      await onPaper(page);
      for (const path of OPEN_PAGES) {
        await visit(page, path);
      }
    }
  } finally {
    await house.close();
  }
});
finish();
