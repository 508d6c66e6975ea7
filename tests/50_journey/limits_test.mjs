/*
 * limits_test.mjs - what finance sets around the money: a town's set-aside and the limit of a day,
 * then the rule by which shops are paid; each proposed by one person and approved by another, on a
 * phone with scripts and on a desktop without. The resident and the shop see what it means for them.
 */
import { House, equal, fieldErrors, finish, includes, look, ok, press, story, visit } from "./house.mjs";
import { choose } from "./thread.mjs";

async function fill(page, words, typed, chosen = []) {
  for (const [name, value] of Object.entries(typed)) {
    await page.fill(`#f-${name}`, value);
  }
  for (const [label, answer] of chosen) {
    await choose(page, label, answer);
  }
  return press(page, words);
}

/* The pot that a link on a fund's page leads from. */
async function potOf(page, name) {
  await visit(page, "/fund", "fund-list");
  await page.getByRole("link", { name }).first().click();
  await page.waitForLoadState();
  return new URL(page.url()).pathname.split("/").pop();
}

async function limits(house, options, town, day) {
  const finance = await house.pageOf("finance", options);
  const second = await house.pageOf("finance2", { device: "desktop" });
  const pot = await potOf(finance, "家电以旧换新");
  await visit(finance, `/fund/limit/new?fund=${pot}`, "limit-form");
  let answer = await fill(finance, "提出方案", { amount: "3000", basis: "演示〔2026〕8号" }, [
    ["设什么", "town_money"],
  ]);
  equal(answer.status(), 400, "a set-aside without a town is refused");
  ok((await fieldErrors(finance)).town !== undefined, "at its field");
  await look(finance, "limit-refused");
  await fill(finance, "提出方案", {}, [["镇街", town]]);
  await press(second, "批准并办理", await at(second, finance));
  includes(await second.innerText("main"), "已批准", "another person approves the set-aside");
  await visit(finance, `/fund/limit/new?fund=${pot}`, "limit-form");
  answer = await fill(
    finance,
    "提出方案",
    { amount: "50000", basis: "演示〔2026〕9号", day, count: "3" },
    [["设什么", "day"]],
  );
  await press(second, "批准并办理", await at(second, finance));
  await visit(finance, `/fund/${pot}`, "fund-with-limits");
  includes(await finance.innerText("main"), `${day} 单日限额`, "each day has its node");
  await visit(finance, `/fund/limit/new?fund=${pot}`, "limit-form");
  answer = await fill(
    finance,
    "提出方案",
    { amount: "50000", basis: "演示〔2026〕9号", shop: "913700000000000000" },
    [["设什么", "shop"]],
  );
  equal(answer.status(), 400, "a shop that is none is refused");
  ok((await fieldErrors(finance)).shop !== undefined, "at its field");
}

/* Opens the other person's page where the first one stands. */
async function at(second, first) {
  await second.goto(new URL(first.url()).pathname);
  return "main";
}

async function rule(house, options) {
  const finance = await house.pageOf("finance", options);
  const lead = await house.pageOf("lead", { device: "desktop" });
  await visit(finance, "/settlement/rule", "settlement-rule");
  const answer = await fill(finance, "提出规则", { threshold: "100", basis: "演示〔2026〕10号" });
  equal(answer.status(), 400, "a threshold without a share is refused");
  ok((await fieldErrors(finance)).share !== undefined, "at its field");
  await look(finance, "settlement-rule-refused");
  await fill(finance, "提出规则", { share: "80", pay_days: "10" });
  const row = finance.locator("main table tbody tr", { hasText: "待批准" });
  equal(await row.getByRole("button", { name: "批准" }).count(), 0, "the proposer cannot approve");
  await visit(lead, "/settlement/rule", "settlement-rule-open");
  await press(lead, "批准");
  includes(await lead.innerText("main"), "规则已批准", "another person approves the rule");
  const shop = await house.pageOf("shop", { device: "phone" });
  await visit(shop, "/shop/money", "shop-money");
  includes(await shop.innerText("main"), "垫付还没到账", "the shop sees what it has fronted");
  includes(await shop.innerText("main"), "100.00 元", "and where the advance begins");
  await visit(finance, "/settlement", "settlement-list");
}

await story("limits", async () => {
  const house = await House.open("limits");
  try {
    await limits(house, { device: "phone" }, "370784001", "2026-12-01");
    await rule(house, { device: "phone" });
    await rule(house, { device: "desktop", script: false });
  } finally {
    await house.close();
  }
});
finish();
