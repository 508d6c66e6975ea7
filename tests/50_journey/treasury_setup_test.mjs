/*
 * treasury_setup_test.mjs - a new year's money without a technician: finance proposes a source, the
 * lead office approves, then a pot on it and the opening of a programme; a wrong form is told at
 * its fields; the proposer cannot approve; money moves back to the fen.
 */
import { House, equal, fieldErrors, finish, includes, look, ok, press, story, visit } from "./house.mjs";
import { choose } from "./thread.mjs";

/* Fills in a form: [name, value] typed, {label, answer} chosen. */
async function fill(page, typed, chosen = []) {
  for (const [name, value] of Object.entries(typed)) {
    await page.fill(`#f-${name}`, value);
  }
  for (const [label, answer] of chosen) {
    await choose(page, label, answer);
  }
  return press(page, "提出方案");
}

async function approved(lead, page) {
  const where = new URL(page.url()).pathname;
  await visit(lead, where, "fund-setup-open");
  await press(lead, "批准并办理");
  includes(await lead.innerText("main"), "已批准", "the second person approves");
  await look(lead, "fund-setup-approved");
}

async function refusals(page) {
  await visit(page, "/fund/setup/new/create", "fund-setup-create");
  const answer = await fill(page, { code: "2027", name: "演示来源", year: "2027", basis: "演示〔2027〕1号" }, [
    ["上级", "0"],
    ["层级", "source"],
  ]);
  equal(answer.status(), 400, "a source without shares is refused");
  ok((await fieldErrors(page)).central !== undefined, "at its field");
  await look(page, "fund-setup-refused");
}

async function newYear(house, options) {
  const mark = options.script === false ? "2" : "1";
  const finance = await house.pageOf("finance", { device: options.device, ...options });
  const lead = await house.pageOf("lead", { device: "desktop" });
  await visit(finance, "/fund/setup", "fund-setup-list");
  await refusals(finance);
  await finance.goto("/fund/setup/new/create");
  await fill(
    finance,
    {
      code: `2027-${mark}`,
      name: `演示来源${mark === "1" ? "甲" : "乙"}`,
      year: "2027",
      amount: "10000",
      basis: "演示〔2027〕1号",
      central: "85",
      county: "15",
    },
    [
      ["上级", "0"],
      ["层级", "source"],
    ],
  );
  includes(await finance.innerText("main"), "您是提出人", "the proposer cannot approve");
  ok(!(await finance.innerText("main")).includes("批准并办理"), "and is not offered it");
  await approved(lead, finance);
  await lead.getByRole("link", { name: "演示来源" }).first().click();
  await lead.waitForLoadState();
  includes(await lead.innerText("main"), "10,000.00", "the source holds its money");
  return new URL(lead.url()).pathname.split("/").pop();
}

/* A proposal that has become impossible is told so at its approval, and stays open. */
async function late(house, lead, fund) {
  const finance = await house.pageOf("finance", { device: "desktop" });
  await visit(finance, `/fund/setup/new/reclaim?fund=${fund}`, "fund-setup-reclaim-form");
  await fill(finance, { amount: "0.01", basis: "演示〔2027〕4号" });
  const where = new URL(finance.url()).pathname;
  await visit(finance, `/fund/setup/new/reclaim?fund=${fund}`, "fund-setup-reclaim-form");
  await fill(finance, { amount: "10000", basis: "演示〔2027〕5号" });
  const second = new URL(finance.url()).pathname;
  await visit(lead, where, "fund-setup-open");
  await press(lead, "批准并办理");
  await visit(lead, second, "fund-setup-open");
  const answer = await press(lead, "批准并办理");
  equal(answer.status(), 409, "what is not there any more cannot be taken back");
  includes(await lead.innerText("main"), "只有 9,999.99 元", "the page says what is left");
  includes(await lead.innerText("main"), "待批准", "and the proposal stays open");
  await look(lead, "fund-setup-late");
}

/* One person stops the money at once; two let it go on, and two give more. */
async function frozen(finance, lead, fund) {
  await finance.goto(`/fund/${fund}`);
  await press(finance, "冻结");
  includes(await finance.innerText("main"), "已冻结", "one person freezes at once");
  await look(finance, "fund-frozen");
  await finance.getByRole("link", { name: "提出：解除冻结" }).click();
  await finance.waitForLoadState();
  await look(finance, "fund-setup-unfreeze-form");
  await fill(finance, { basis: "演示〔2027〕6号" });
  includes(await finance.innerText("main"), "您是提出人", "and does not lift it alone");
  await approved(lead, finance);
  await finance.goto(`/fund/${fund}`);
  ok(!(await finance.innerText("main")).includes("已冻结"), "two lift it");
  await finance.getByRole("link", { name: "提出：下达资金" }).click();
  await finance.waitForLoadState();
  await look(finance, "fund-setup-top-up-form");
  await fill(finance, { amount: "88.01", basis: "演示〔2027〕7号" });
  await approved(lead, finance);
  await finance.goto(`/fund/${fund}`);
  includes(await finance.innerText("main"), "88.01", "two give more, to the fen");
}

async function openProgramme(house, fund, programme) {
  const finance = await house.pageOf("finance", { device: "desktop" });
  const lead = await house.pageOf("lead", { device: "phone" });
  await visit(finance, `/fund/${fund}`, "fund-manage");
  await finance.getByRole("link", { name: "提出：在这里开通项目" }).click();
  await finance.waitForLoadState();
  await look(finance, "fund-setup-open-form");
  await fill(finance, { validity_days: "7", claims_max: "1", basis: "演示〔2027〕2号" }, [
    ["项目", programme],
  ]);
  await approved(lead, finance);
  await visit(finance, `/fund/setup/new/reclaim?fund=${fund}`, "fund-setup-reclaim-form");
  const answer = await fill(finance, { amount: "10000.01", basis: "演示〔2027〕3号" });
  equal(answer.status(), 409, "one fen over is refused");
  ok((await fieldErrors(finance)).amount !== undefined, "at its field");
  await fill(finance, { amount: "9999.99" });
  await late(house, lead, fund);
  await approved(lead, finance);
  await visit(finance, "/fund/setup?state=approved", "fund-setup-list");
  await frozen(finance, lead, fund);
}

await story("treasury_setup", async () => {
  const house = await House.open("treasury_setup");
  try {
    await openProgramme(house, await newYear(house, { device: "phone" }), "ebike");
    await openProgramme(house, await newYear(house, { device: "desktop", script: false }), "home");
  } finally {
    await house.close();
  }
});
finish();
