/*
 * workshop_test.mjs - a policy version from draft to issue: an officer edits the table with the
 * keyboard and pastes from Excel, analyses, tries a case, compares and runs it dry; without scripts
 * another draft is written, issued by the lead office, and signed.
 */
import {
  House, equal, fact, finish, includes, look, ok, press, story, visit,
} from "./house.mjs";

async function draftNew(page, code, title) {
  await page.goto("/workshop/new");
  await page.selectOption("#f-base", "appliance-2026");
  await page.fill("#f-code", code);
  await page.fill("#f-title", title);
  await page.fill("#f-first", "2026-12-01");
  await page.fill("#f-last", "2026-12-31");
  await press(page, "起草");
  return new URL(page.url()).pathname;
}

function cellOf(page, row, column) {
  return page.locator(`tbody tr:nth-child(${row}) [data-cell="${column}"]`);
}

async function said(page, words) {
  await page.waitForFunction(
    (text) => document.querySelector("[data-grid-status]").textContent.includes(text),
    words
  );
}

function pasteInto(page, row, column, text) {
  return cellOf(page, row, column).evaluate((field, words) => {
    const data = new DataTransfer();
    data.setData("text/plain", words);
    field.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
    );
  }, text);
}

async function focused(page) {
  return page.evaluate(() => {
    const field = document.activeElement;
    const row = field.closest("tr");
    return row ? `${row.rowIndex} ${field.getAttribute("data-cell")}` : "";
  });
}

async function editsWithKeys(page, draft) {
  await visit(page, `${draft}/table/1`, "grid");
  await cellOf(page, 7, 2).fill("[1..");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".grid-error");
  ok((await page.locator(".grid-error").count()) === 1, "a wrong cell has its message");
  equal(await cellOf(page, 7, 2).getAttribute("aria-invalid"), "true", "and says so aloud");
  await look(page, "grid-wrong");
  await cellOf(page, 7, 2).fill("[1..2]");
  await page.keyboard.press("Enter");
  await said(page, "已保存");
  equal(await page.locator(".grid-error").count(), 0, "the message goes with the mistake");
  await cellOf(page, 1, 0).focus();
  await page.keyboard.press("ArrowDown");
  equal(await focused(page), "2 0", "the arrow goes down");
  await page.keyboard.press("ArrowRight");
  equal(await focused(page), "2 1", "and right");
  await page.keyboard.press("Enter");
  equal(await focused(page), "3 1", "Enter goes down");
  await cellOf(page, 7, 1).fill("冰箱、空调");
  await page.keyboard.press("Enter");
  await page.waitForFunction(
    () => document.querySelector('tbody tr:nth-child(7) [data-cell="1"]').value === '"冰箱", "空调"'
  );
  await page.reload();
  equal(await cellOf(page, 7, 2).inputValue(), "[1..2]", "what was saved is there again");
}

async function pastes(page) {
  await Promise.all([
    page.waitForNavigation({ waitUntil: "load" }),
    pasteInto(page, 1, 1, "电视\t1\r\n冰箱\t[1..3]\r\n"),
  ]);
  equal(await cellOf(page, 1, 1).inputValue(), '"电视"', "plain words become texts");
  equal(await cellOf(page, 2, 2).inputValue(), "[1..3]", "the block stands where it was pasted");
  await pasteInto(page, 1, 2, "1\n[2..\n");
  await said(page, "没有粘贴");
  await page.reload();
  equal(await cellOf(page, 1, 2).inputValue(), "1", "a block with a mistake changes nothing");
}

async function analyses(page, draft) {
  await page.goto(`${draft}/table/1`);
  await cellOf(page, 3, 1).fill("");
  await page.keyboard.press("Enter");
  await said(page, "已保存");
  equal(await cellOf(page, 3, 1).inputValue(), "-", "an empty condition means any");
  await visit(page, `${draft}/analyse`, "analyse");
  await press(page, "开始分析");
  await page.waitForSelector("text=发现的问题");
  await look(page, "analysis");
  const words = await page.innerText("main");
  includes(words, "永远轮不到", "a row that is never reached is found");
  includes(words, "购买发票开具日期", "with an example in words");
  await page.locator("main").getByRole("link", { name: "试这一例" }).first().click();
  await look(page, "try-example");
}

async function tries(page, draft) {
  await visit(page, `${draft}/try`, "try");
  await page.fill("#f-q0", "2026-12-11");
  await page.locator("#f-q1, [name=q1]").first().waitFor();
  await page.getByLabel("冰箱", { exact: true }).check();
  await page.getByLabel("1", { exact: true }).check();
  await page.fill("#f-q3", "6999");
  await page.fill("#f-q4", "0");
  await press(page, "试一试");
  includes(await fact(page, "补贴金额"), "1,049.85", "the draft pays");
  equal(await page.locator("tr.grid-lit").count(), 1, "the fired row is lit");
  await look(page, "try-answer");
}

async function compares(page, draft) {
  await visit(page, `${draft}/compare`, "compare");
  ok(Number(await fact(page, "修改")) >= 4, "the changed rows are listed", await page.innerText("main"));
  await visit(page, "/policy-compare?left=appliance-2025&right=appliance-2026", "policy-compare");
}

async function runsDry(page, draft) {
  await visit(page, `${draft}/simulate`, "simulate");
  await page.fill("#f-count", "20000");
  await press(page, "开始试算");
  await page.waitForSelector("text=按镇街");
  await look(page, "dry-run");
  ok((await page.locator("main tbody tr").count()) > 5, "towns and bands are listed");
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.locator("main").getByRole("link", { name: "导出为 Excel" }).click(),
  ]);
  ok((await file.suggestedFilename()).endsWith(".xlsx"), "the figures are exported");
}

/* The editor of others: the model goes in and comes back the same, under the strict policy. */
async function draws(house) {
  const page = await house.pageOf("officer", { device: "desktop" });
  const draft = await draftNew(page, "appliance-2027-c", "图形编辑器里的家电表");
  await page.goto(`${draft}/draw`);
  await page.waitForSelector("[data-draw-ready]");
  equal(await page.locator(".draw td.input-cell").count(), 45, "eight rows of five conditions, and the empty one");
  ok(await page.locator(".bjs-powered-by").first().isVisible(), "the makers' mark is visible");
  await page.click("[data-draw-save]");
  await page.waitForFunction(() =>
    document.querySelector("[data-draw-status]").textContent.includes("已保存")
  );
  await page.goto(`${draft}/compare`);
  equal(await fact(page, "相同"), "8", "saved unchanged, nothing has changed");
  await page.goto(`${draft}/check`);
  includes(await page.innerText("main"), "检查通过", "and all cases agree");
  await page.context().close();
}

async function officerWorks(house) {
  const page = await house.pageOf("officer", { device: "desktop" });
  await visit(page, "/workshop", "workshop-empty");
  const draft = await draftNew(page, "appliance-2027-a", "试改的家电表");
  await look(page, "draft");
  await editsWithKeys(page, draft);
  await pastes(page);
  await tries(page, draft);
  await analyses(page, draft);
  await compares(page, draft);
  await runsDry(page, draft);
  for (const part of ["facts", "cases", "model", "check"]) {
    await visit(page, `${draft}/${part}`, `draft-${part}`);
  }
  await page.context().close();
}

/* The same without scripts: a page of the table is one form, a row is one form. */
async function withoutScripts(house) {
  const page = await house.pageOf("officer", { device: "phone", script: false });
  const draft = await draftNew(page, "appliance-2027-b", "家电以旧换新（十二月）");
  await page.goto(`${draft}/table/1`);
  await cellOf(page, 7, 12).fill("经办改写的条款");
  await press(page, "保存本页");
  equal(await cellOf(page, 7, 12).inputValue(), "经办改写的条款", "the page is saved as one form");
  await cellOf(page, 7, 2).fill("[1..");
  await press(page, "保存本页");
  equal(await page.locator(".grid-error").count(), 1, "a mistake is said at its cell");
  await page.goto(`${draft}/table/1`);
  await page.locator("tbody tr:nth-child(7) th a").click();
  await look(page, "grid-row");
  await press(page, "保存这一行");
  await page.goto(`${draft}/check`);
  await press(page, "提交发布");
  equal(await page.getByRole("button", { name: "发布", exact: true }).count(), 0,
    "the author cannot issue");
  await page.context().close();
  return draft;
}

async function leadIssues(house, draft) {
  const page = await house.pageOf("lead", { device: "phone", script: false });
  await page.goto(`${draft}/check`);
  includes(await page.innerText("main"), "检查通过", "the check has passed");
  await press(page, "发布");
  includes(page.url(), "/policy/appliance-2027-b", "the issued version has its page");
  includes(await fact(page, "状态"), "待签认", "it does not pay before it is signed");
  for (let left = await page.getByRole("button", { name: "登记签认" }).count(); left > 0; left--) {
    await press(page, "登记签认");
  }
  includes(await fact(page, "状态"), "可以支付", "signed, it pays");
  await page.goto(
    "/calculator?programme=appliance&day=2026-12-02&q1=%E5%86%B0%E7%AE%B1&q2=1&q3=6999"
  );
  includes(await page.innerText("main"), "经办改写的条款", "and it judges from its first day on");
  await page.context().close();
}

await story("the policy workshop", async () => {
  const house = await House.open("workshop");
  try {
    await story("an officer at the table", () => officerWorks(house));
    await story("the drawing editor", () => draws(house));
    await story("draft to issue without scripts", async () => {
      const draft = await withoutScripts(house);
      await leadIssues(house, draft);
    });
  } finally {
    await house.close();
  }
});
finish();
