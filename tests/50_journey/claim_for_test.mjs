/*
 * claim_for_test.mjs - claims that are not one's own: a clerk at the counter enters one for a woman
 * of 75 without a phone, a daughter one for her father, with and without scripts; a unit tells a firm
 * what its records already meet, and the firm confirms with one click. Every page is looked at.
 */
import {
  House,
  dayOf,
  equal,
  fact,
  fieldErrors,
  finish,
  includes,
  look,
  ok,
  photo,
  press,
  story,
  visit,
} from "./house.mjs";
import { SCRAP_PAPERS, answersOf, attachPapers, fillAll } from "./claim.mjs";

const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/* An identity number with its check character: GB 11643. */
function idNumber(birthday, sequence) {
  const head = `370784${birthday}${String(sequence).padStart(3, "0")}`;
  const sum = [...head].reduce((total, digit, i) => total + Number(digit) * ID_WEIGHTS[i], 0);
  return head + "10X98765432"[sum % 11];
}

const GRANDMOTHER = { name: "演示赵桂兰", id: idNumber("19510304", 702) };
const FATHER = { name: "演示王老汉", id: idNumber("19480812", 703) };

async function enterFor(page, who, helper) {
  await page.fill("#f-name", who.name);
  await page.fill("#f-id_number", who.id);
  await page.selectOption("#f-town", { index: 1 });
  await page.selectOption("#f-programme", "car_scrap");
  await page.fill("#f-bought", dayOf(-20));
  await page.fill("#f-consent", "TY-2026-0001");
  for (const [name, value] of Object.entries(helper)) {
    await page.fill(`#f-${name}`, value);
  }
}

/* The three steps of a car, and the consent where somebody else files it. */
async function fillCar(page, who, hasConsent) {
  const answers = answersOf("car_scrap", who.name);
  await fillAll(page, answers.old);
  await press(page, "保存，下一步");
  await fillAll(page, answers.new);
  await press(page, "保存，下一步");
  await page.fill("#f-account", answers.account);
  await attachPapers(page, SCRAP_PAPERS, 7000 + answers.number);
  if (hasConsent) {
    await page.setInputFiles("#f-paper_consent", photo("同意书.PNG", 79000 + answers.number));
  }
  await look(page, "claim-for-papers");
  await press(page, "保存，去核对");
}

/* ---- the counter --------------------------------------------------------------------------------- */

async function atTheCounter(house) {
  const page = await house.pageOf("officer", { device: "desktop" });
  await visit(page, "/claim/for", "claim-for-counter");
  await press(page, "开始填写申请");
  const errors = await fieldErrors(page);
  ok(Object.keys(errors).length >= 5, "an empty form tells everything", JSON.stringify(errors));
  await look(page, "claim-for-errors");
  await enterFor(page, GRANDMOTHER, { helper: "演示李小妹" });
  await press(page, "开始填写申请");
  includes(JSON.stringify(await fieldErrors(page)), "都要填", "a companion is named in full or not");
  await enterFor(page, GRANDMOTHER, {
    helper: "演示李小妹",
    helper_id: idNumber("19790101", 704),
    relation: "女儿",
  });
  await press(page, "开始填写申请");
  includes(page.url(), "/step/1", "the claim begins");
  await fillCar(page, GRANDMOTHER, false);
  ok(!(await page.innerText("main")).includes("处要处理"), "at the counter the paper stays in the folder");
  await look(page, "claim-for-check");
  await press(page, "核对无误，提交申请");
  includes(await fact(page, "怎样办的"), "窗口代办", "the receipt says how it came in");
  includes(await fact(page, "同意书编号"), "TY-2026-0001", "on which consent");
  includes(await fact(page, "与申请人的关系"), "女儿", "and who came along");
  ok(!(await page.innerText("main")).includes(GRANDMOTHER.id), "the ID number is not in clear");
  await look(page, "claim-for-receipt");
  await page.emulateMedia({ media: "print" });
  const paper = await page.innerText("body");
  includes(paper, "申请编号", "the receipt can be printed");
  ok(!paper.includes("长辈版"), "without the navigation");
  await page.emulateMedia({ media: null });
  await visit(page, "/claim/for", "claim-for-list");
  includes(await page.innerText("main"), "已核准", "the clerk finds it again");
}

/* ---- a relative ----------------------------------------------------------------------------------- */

async function aRelative(house, script) {
  const father = script
    ? FATHER
    : { name: "演示王老太", id: idNumber("19500505", 706) };
  const page = await house.pageOf("resident", { device: "phone", script });
  await visit(page, "/claim", "claim-list-relative");
  await page.getByRole("link", { name: "替家里老人申请" }).click();
  await page.waitForURL(/\/claim\/for/);
  await look(page, "claim-for-relative");
  await enterFor(page, father, { relation: "儿子" });
  await press(page, "开始填写申请");
  await fillCar(page, father, false);
  includes(await page.innerText("main"), "委托代办同意书", "a relative must show the consent");
  await look(page, "claim-for-no-consent");
  await page.goto(`${page.url().replace(/[?#].*/, "")}/step/3`);
  await page.setInputFiles("#f-paper_consent", photo("同意书.PNG", script ? 79901 : 79902));
  await press(page, "保存，去核对");
  await press(page, "核对无误，提交申请");
  includes(await fact(page, "怎样办的"), "亲属代办", "the receipt names the relative's part");
  await look(page, "claim-for-receipt-relative");
}

/* ---- what the records already meet ---------------------------------------------------------------- */

async function offered(house) {
  const officer = await house.pageOf("unit09", { device: "desktop" });
  await visit(officer, "/offer", "offer-list");
  const list = await officer.innerText("main");
  includes(list, "TRUCK-", "the list names the fired row");
  includes(list, "灌装机械", "and the owner");
  const [file] = await Promise.all([
    officer.waitForEvent("download"),
    officer.getByRole("link", { name: "导出名单" }).click(),
  ]);
  includes(file.suggestedFilename(), "免申即享", "the list can be taken along");
  await press(officer, "告知筛选出的全部企业");
  includes(await officer.innerText("body"), "已告知", "all firms of the list are told");
  await look(officer, "offer-list-told");
  for (const device of ["phone", "desktop"]) {
    const firm = await house.pageOf("enterprise", { device });
    await visit(firm, "/offer/mine", "offer-mine");
  }
  const firm = await house.pageOf("enterprise", { device: "phone" });
  await firm.goto("/offer/mine");
  await press(firm, "确认申请，按记录填好");
  includes(firm.url(), "/claim/", "one click begins the claim");
  const claim = await firm.innerText("main");
  includes(claim, "柴油", "with what the record says");
  includes(claim, "提交前还有", "and what is missing, at once");
  await look(firm, "claim-of-firm");
  await firm.goto(`${firm.url().replace(/[?#].*/, "")}/step/2`);
  await look(firm, "claim-of-firm-step-2");
  includes(await firm.innerText("main"), "单位银行账号", "a firm is paid on its own account");
  for (const device of ["phone", "desktop"]) {
    const page = await house.pageOf("enterprise", { device });
    await visit(page, "/claim", "claim-list-firm");
    await visit(page, "/claim/new?programme=bus", "claim-new-bus");
    await visit(page, "/claim/new?programme=lift", "claim-new-lift");
  }
  const main = await firm.goto("/claim").then(() => firm.innerText("main"));
  ok(!main.includes("汽车报废更新补贴"), "a firm is not offered what is for persons");
}

async function othersAreKeptOut(house) {
  const other = await house.pageOf("unit02", { device: "desktop" });
  await visit(other, "/offer", "offer-list-empty");
  includes(await other.innerText("main"), "没有", "another unit has no such list");
  const page = await house.pageOf("unit09", { device: "phone" });
  await visit(page, "/offer", "offer-list");
  await visit(page, "/claim/for", "claim-for-counter");
  equal((await page.goto("/claim/pause")).status(), 403, "pausing is the lead office's");
}

await story("claims for others", async () => {
  const house = await House.open("claim-for");
  try {
    await atTheCounter(house);
    await aRelative(house, true);
    await aRelative(house, false);
    await offered(house);
    await othersAreKeptOut(house);
  } finally {
    await house.close();
  }
});
finish();
