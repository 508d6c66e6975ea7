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
  press,
  story,
  visit,
} from "./house.mjs";
import { ask } from "./thread.mjs";

const OPEN_PAGES = [
  "/calculator?programme=digital",
  "/calculator?programme=car_scrap",
  "/calculator?programme=car_replace",
  "/calculator/equipment?day=2026-06-01&kind=road_truck&kind=green_safe",
  "/calculator/list?kind=city_bus&day=2025-06-01",
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
  if (page.device === "desktop") {
    const paper = (await page.pdf({ format: "A4" })).toString("latin1");
    equal((paper.match(/\/Type\s*\/Page\b/g) || []).length, 1, "the answer is one printed page");
  }
  await look(page, "printed-answer");
  await page.emulateMedia({ media: null });
}

const TRUCKS = [
  "设备名称,编号,申请哪一种,旧车是不是营运货车,旧车是中型还是重型,旧车用什么燃料,旧车排放标准," +
    "旧车达到强制报废年限的日期,买了什么新车,新车动力",
  "牵引车一,A1,报废旧车,是,重型,柴油,国三,2030-10-15,重型4轴及以上,新能源",
  "厢式车二,A2,报废旧车,是,中型,柴油,国三,2027-10-14,不买新车,不买新车",
  "自卸车三,A3,,,,,,,,",
];

/* An enterprise sends its list as a table, mends what is wrong, and prints the answer. */
async function equipmentList(page) {
  const send = async (lines) => {
    await page.goto("/calculator/list?kind=road_truck&day=2025-10-15");
    await page.setInputFiles("#f-file", {
      name: "list.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(lines.join("\n")),
    });
    return press(page, "逐台计算");
  };
  const wrong = await send([...TRUCKS, "挂车四,A4,报废旧车,也许"]);
  equal(wrong.status(), 400, `${page.device}: a wrong word in the table is refused`);
  includes(await page.innerText("main"), "第 5 行", `${page.device}: its row is named`);
  const good = await send(TRUCKS);
  equal(good.status(), 200, `${page.device}: the table is computed`);
  const text = await page.innerText("main");
  includes(text, "140,000.00 元", `${page.device}: the first truck has its sum`);
  includes(text, "TRUCK-2025-A", `${page.device}: the fired rows are named`);
  includes(text, "10,000.00 元", `${page.device}: the second one too`);
  includes(text, "按这些条件算", `${page.device}: what is not said is a condition`);
  await look(page, "equipment-list");
  if (page.device === "desktop") {
    const paper = (await page.pdf({ format: "A4" })).toString("latin1");
    const count = (paper.match(/\/Type\s*\/Page\b/g) || []).length;
    equal(count, 1, "the list of three trucks is printed on one page");
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
      await onPaper(page);
      await equipmentList(page);
      for (const path of OPEN_PAGES) {
        await visit(page, path);
      }
    }
  } finally {
    await house.close();
  }
});
finish();
