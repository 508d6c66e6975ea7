/*
 * claim_test.mjs - a subsidy after purchase: a resident claims for a car on a phone-size screen in at
 * most twelve page views, with and without scripts; everything wrong is told at once; a clean claim
 * is decided the same minute; two officers clear thirty exceptions from the keyboard alone; finance
 * pays.
 */
import {
  House,
  cell,
  dayOf,
  equal,
  fact,
  fenOf,
  fieldErrors,
  finish,
  includes,
  look,
  ok,
  photo,
  press,
  signIn,
  story,
  visit,
} from "./house.mjs";
import { REPLACE_PAPERS, SCRAP_PAPERS, answersOf, attachPapers, fillAll, vin } from "./claim.mjs";

const VIEWS_MAX = 12;
const EXCEPTIONS = 30;
const OWN_NAME = "王安华"; /* of the demo city's resident */

/* ---- the resident ------------------------------------------------------------------------------ */

function countViews(page) {
  const seen = { count: 0 };
  page.on("load", () => {
    seen.count += 1;
  });
  return seen;
}

/* From the front door to the receipt; the number of the claim. */
async function claimCar(page, programme) {
  const answers = answersOf(programme, OWN_NAME);
  const title = programme === "car_scrap" ? "汽车报废更新补贴" : "汽车置换更新补贴";
  const views = countViews(page);
  await page.goto("/claim");
  await signIn(page, "resident");
  await look(page, "claim-list");
  await page.getByRole("link", { name: title }).click();
  await page.waitForURL(/\/claim\/new/);
  await look(page, "claim-new");
  await page.fill("#f-bought", answers.bought);
  await press(page, "开始填写");
  await look(page, `${programme}-step-1`);
  await fillAll(page, answers.old);
  await press(page, "保存，下一步");
  await look(page, `${programme}-step-2`);
  await fillAll(page, answers.new);
  await press(page, "保存，下一步");
  await look(page, `${programme}-step-3`);
  await page.fill("#f-account", answers.account);
  const papers = programme === "car_scrap" ? SCRAP_PAPERS : REPLACE_PAPERS;
  await attachPapers(page, papers, 1000 + answers.number);
  await press(page, "保存，去核对");
  await look(page, `${programme}-check`);
  ok(!(await page.innerText("main")).includes("处要处理"), "nothing is missing");
  await press(page, "核对无误，提交申请");
  await look(page, `${programme}-receipt`);
  ok(views.count <= VIEWS_MAX, `${views.count} page views, at most ${VIEWS_MAX}`);
  return views.count;
}

async function receiptIsWhole(page, number) {
  const receipt = await fact(page, "申请编号");
  ok(number.test(receipt), "the receipt has a number", receipt);
  includes(await fact(page, "状态"), "已核准", "a clean claim is decided at once");
  includes(await fact(page, "下一步"), "拨付", "and says what comes next");
  ok(fenOf(await fact(page, "补贴金额")) > 0, "and how much");
  ok((await fact(page, "最迟日期")) !== null, "and until when");
}

async function defectsAtOnce(house) {
  const page = await house.pageOf("resident", { device: "phone" });
  await page.goto("/claim/new?programme=car_scrap");
  await page.fill("#f-bought", dayOf(-20));
  await press(page, "开始填写");
  const step = page.url();
  await page.fill("#f-old_vin", "LSVAA00000000000I");
  await page.fill("#f-old_plate", "鲁1");
  await press(page, "保存，下一步");
  const errors = await fieldErrors(page);
  includes(errors.old_vin || "", "车辆识别代号", "the wrong letter in a VIN is told at its field");
  includes(errors.old_plate || "", "号牌", "so is the plate");
  ok(Object.keys(errors).length >= 8, "with all that is missing", JSON.stringify(errors));
  await look(page, "claim-step-errors");
  await page.fill("#f-old_vin", vin(900));
  await press(page, "先存草稿");
  includes(await page.innerText("main"), "还没有提交", "a draft is a draft");
  await page.goto(step);
  equal(await page.inputValue("#f-old_vin"), vin(900), "what was right is kept");
  await page.goto(step.replace(/\/step\/1.*/, ""));
  includes(await page.innerText("main"), "提交前还有", "the check counts what is missing");
  await look(page, "claim-check-missing");
  const links = await page.getByRole("link", { name: "去填写" }).count();
  ok(links >= 10, "each with a link to its field", `${links}`);
  ok(
    (await page.getByRole("button", { name: "核对无误，提交申请" }).count()) === 0,
    "and nothing can be submitted"
  );
  await press(page, "删除草稿");
}

async function twiceAndBack(page) {
  const receipt = page.url();
  await page.goBack();
  await page.goForward();
  equal(page.url(), receipt, "the receipt has an address of its own");
  await page.goBack();
  const again = page.getByRole("button", { name: "核对无误，提交申请" });
  if ((await again.count()) > 0) {
    await press(page, "核对无误，提交申请");
  }
  await page.goto("/claim");
  const rows = await page.locator('main tbody tr:has-text("已核准")').count();
  equal(rows, 1, "submitted twice, it is there once");
}

/* ---- the officers ------------------------------------------------------------------------------ */

async function apiToken(house, login) {
  const answer = await fetch(`${house.address}/api/sign-in`, {
    method: "POST",
    headers: { Origin: house.address },
    body: new URLSearchParams({ login, password: house.password }),
  });
  return (await answer.json()).token;
}

async function apiPost(house, token, where, fields) {
  const answer = await fetch(`${house.address}/api${where}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}` },
    body: fields,
  });
  const text = await answer.text();
  if (!answer.ok) {
    throw new Error(`${where}: ${answer.status} ${text.slice(0, 300)}`);
  }
  return JSON.parse(text);
}

/* A replacement claim of a person who has had one this year: an open condition, for people. */
async function exceptionMade(house, token) {
  const answers = answersOf("car_replace", OWN_NAME);
  const form = new URLSearchParams({ programme: "car_replace", bought: answers.bought });
  const made = await apiPost(house, token, "/claim/new", form);
  const claim = made.location.replace(/\/step\/1$/, "");
  await apiPost(house, token, `${claim}/step/1`, new URLSearchParams(answers.old));
  await apiPost(house, token, `${claim}/step/2`, new URLSearchParams(answers.new));
  const papers = new FormData();
  papers.set("account", answers.account);
  REPLACE_PAPERS.forEach((code, i) => {
    const file = photo(`材料${i + 1}.PNG`, (2000 + answers.number) * 10 + i + 1);
    papers.set(`paper_${code}`, new Blob([file.buffer], { type: file.mimeType }), file.name);
  });
  await apiPost(house, token, `${claim}/step/3`, papers);
  await apiPost(house, token, `${claim}/submit`, new URLSearchParams());
}

/* Presses one key a claim until the queue is empty; how many and how long. */
async function clearByKeys(page, where) {
  const began = Date.now();
  let cleared = 0;
  await page.goto(where);
  await look(page, where.includes("second") ? "claim-desk-second" : "claim-desk-first");
  while (cleared < EXCEPTIONS + 5) {
    if ((await page.locator("[data-key=a]").count()) === 0) {
      break;
    }
    await Promise.all([
      page.waitForNavigation({ waitUntil: "load" }),
      page.keyboard.press("a"),
    ]);
    cleared += 1;
  }
  return { cleared, ms: Date.now() - began };
}

async function officersClear(house) {
  const token = await apiToken(house, "resident");
  for (let i = 0; i < EXCEPTIONS; i += 1) {
    await exceptionMade(house, token);
  }
  const page = await house.pageOf("officer");
  await visit(page, "/claim/queue");
  await page.goto("/claim/desk");
  await page.keyboard.press("j");
  const here = await page.evaluate(() => document.activeElement.textContent);
  ok(/^ZH\d+$/.test(here), "j moves to the next claim of the queue", here);
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  await page.waitForURL(/claim=\d+/);
  await page.keyboard.press("i");
  equal(
    await page.evaluate(() => document.activeElement.id),
    "f-reason",
    "i goes to the words"
  );
  const first = await clearByKeys(page, "/claim/desk");
  equal(first.cleared, EXCEPTIONS, `thirty proposed from the keyboard in ${first.ms} ms`);
  const own = await page.goto("/claim/desk?state=second");
  equal(own.status(), 200, "the second desk answers");
  includes(await page.innerText("main"), "没有等待办理", "nobody confirms his own proposal");
  const head = await house.pageOf("head04");
  const second = await clearByKeys(head, "/claim/desk?state=second");
  equal(second.cleared, EXCEPTIONS, `thirty confirmed from the keyboard in ${second.ms} ms`);
  await visit(head, "/claim/fifo");
  equal(await cell(head, ["汽车置换更新"], "越过的件次"), "0", "nobody was overtaken");
}

/* One exception goes back for correction, and comes back. */
async function correction(house) {
  const token = await apiToken(house, "resident");
  await exceptionMade(house, token);
  const page = await house.pageOf("officer");
  await page.goto("/claim/desk");
  await press(page, "退回补正");
  includes(await page.innerText(".error-summary"), "至少", "a correction names a place");
  await page.keyboard.press("Escape");
  await page.locator("button[value='add:places']").click();
  await page.waitForSelector("[name^='places.'][name$='.place']");
  await page.locator("[name^='places.'][name$='.place']").first().selectOption("invoice");
  await page.locator("[name^='places.'][name$='.text']").first().fill("发票照片看不清");
  await press(page, "退回补正");
  const resident = await house.pageOf("resident", { device: "phone" });
  await resident.goto("/claim");
  await resident.locator('main tr:has-text("待补正") a').first().click();
  await resident.waitForURL(/\/claim\/\d+$/);
  includes(await resident.innerText("main"), "发票照片看不清", "the applicant reads every reason");
  await look(resident, "claim-correction");
  await press(resident, "核对无误，提交申请");
  includes(await fact(resident, "状态"), "复核中", "corrected, it is in the queue again");
}

/* ---- everybody ---------------------------------------------------------------------------------- */

/* All programmes at once; printed, the answer is one page. */
async function allAtOnce(house) {
  for (const device of ["phone", "desktop"]) {
    const page = await house.page({ device });
    await visit(page, "/calculator/all", "calculator-all");
    await page.fill("#f-price", "99800");
    await page.locator('main input[name="car"][value="新能源"]').check();
    await press(page, "看看都能补多少");
    await look(page, "calculator-all-answer");
    const scrap = await cell(page, ["汽车报废更新"], "最多可补");
    equal(fenOf(scrap), 1197600, `${device}: twelve per cent of 99,800 yuan`);
    if (device === "desktop") {
      const paper = (await page.pdf({ format: "A4" })).toString("latin1");
      const pages = [...paper.matchAll(/\/Type\s*\/Page[^s]/g)].length;
      equal(pages, 1, "the answer prints to one page");
    }
  }
}

/* ---- finance ------------------------------------------------------------------------------------ */

/* Begun by one, ended by the other. */
async function recovered(one, other) {
  await other.locator('main a[href$="/recover"]').first().click();
  await other.waitForLoadState();
  const where = new URL(other.url()).pathname;
  await visit(one, where, "claim-recover");
  await one.fill("#f-reason", "退车，补贴应退回");
  await press(one, "开始追回");
  includes(await one.innerText("main"), "另一位同事", "who begins does not end");
  ok((await one.locator("#f-reason").count()) === 0, "and has no form for it");
  await look(one, "claim-recover-begun");
  await visit(other, where, "claim-recover-end");
  await other.fill("#f-reason", "FT20261120009");
  await press(other, "登记追回结果");
  includes(await other.innerText("main"), "已追回", "the other one ends it");
}

async function paid(house) {
  const officer = await house.pageOf("officer");
  await visit(officer, "/claim/batch");
  await officer.check('main input[type=radio][value="car_scrap"]').catch(async () => {
    await officer.selectOption("#f-programme", "car_scrap");
  });
  await press(officer, "报送拨付清单");
  const list = officer.url();
  const finance = await house.pageOf("finance");
  await finance.goto(list);
  await look(finance, "claim-batch");
  const [file] = await Promise.all([
    finance.waitForEvent("download"),
    finance.getByRole("button", { name: /下载支付文件/ }).click(),
  ]);
  includes(file.suggestedFilename(), "拨付清单", "finance gets the pay file");
  await finance.goto(list);
  includes(await finance.innerText("main"), "不能由您入账", "and does not register the payment");
  const second = await house.pageOf("finance2");
  await second.goto(list);
  await second.fill("#f-bank_reference", "FT20261120001");
  await press(second, "登记已支付");
  includes(await second.innerText("main"), "已支付", "that is for another person");
  await recovered(finance, second);
  const anyone = await house.page({ device: "phone" });
  await visit(anyone, "/claim/notice");
  const names = await anyone.innerText("main");
  ok(!names.includes(OWN_NAME), "the public list has no name in clear");
}

await story("a subsidy after purchase", async () => {
  const house = await House.open("claim");
  try {
    await story("all programmes at once", () => allAtOnce(house));
    await story("everything that is wrong, at once", () => defectsAtOnce(house));
    await story("a car on a phone", async () => {
      const page = await house.page({ device: "phone" });
      await claimCar(page, "car_scrap");
      await receiptIsWhole(page, /^BF2026\d{7}$/);
      await twiceAndBack(page);
    });
    await story("a car on a phone without scripts", async () => {
      const page = await house.page({ device: "phone", script: false });
      await claimCar(page, "car_replace");
      await receiptIsWhole(page, /^ZH2026\d{7}$/);
    });
    await story("thirty exceptions from the keyboard", () => officersClear(house));
    await story("a correction", () => correction(house));
    await story("the money", () => paid(house));
  } finally {
    await house.close();
  }
});
finish();
