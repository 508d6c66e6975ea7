/*
 * bank_test.mjs - the bank's result file: finance takes the pay file out, uploads what the bank says
 * (a picture, a table without head, the right one, the same once more), sees every difference and
 * may not book it; the other one of finance books it, on a phone, without scripts; the resident
 * whose money came back reads why and gives another card; the rest closes the list to the fen.
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
  story,
  visit,
} from "./house.mjs";

const OWN_NAME = "王安华"; /* of the demo city's resident */
const PAPERS = ["recycle", "cancel", "invoice", "register"];
const HEAD = "序号,业务编号,收款人户名,收款账号,开户银行,金额（元）,用途,处理结果,失败原因";

/* ---- a claim of our own ------------------------------------------------------------------------ */

const VIN_VALUES = "0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ";
const VIN_WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/* A VIN of the demo range (it begins with 0) with its check digit: 49 CFR 565. */
function vin(number) {
  const letters = [..."0HX00000", "0", "R", ...String(number).padStart(7, "0")];
  const sum = letters.reduce(
    (total, letter, i) => total + (VIN_VALUES.indexOf(letter) % 10) * VIN_WEIGHTS[i],
    0
  );
  letters[8] = sum % 11 === 10 ? "X" : String(sum % 11);
  return letters.join("");
}

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

function answers() {
  const bought = dayOf(-20);
  return {
    bought,
    old: {
      old_vin: vin(2),
      old_plate: "鲁V12345",
      old_owner: OWN_NAME,
      old_owned: "2012-03-01",
      old_class: "true",
      old_fuel: "汽油",
      old_registered: "2010-05-01",
      recycle_day: dayOf(-26),
      cancel_day: dayOf(-24),
    },
    new: {
      new_vin: vin(3),
      invoice: `2637${"1".padStart(16, "0")}`,
      invoice_day: bought,
      new_owner: OWN_NAME,
      price: "129800",
      in_province: "true",
      registered_day: dayOf(-17),
      registered_here: "true",
      still_own: "true",
      new_kind: "新能源",
      new_model: "YS7000BEV01",
    },
  };
}

/* The resident's clean claim; its address. */
async function claimMade(house) {
  const token = await apiToken(house, "resident");
  const all = answers();
  const form = new URLSearchParams({ programme: "car_scrap", bought: all.bought });
  const made = await apiPost(house, token, "/claim/new", form);
  const claim = made.location.replace(/\/step\/1$/, "");
  await apiPost(house, token, `${claim}/step/1`, new URLSearchParams(all.old));
  await apiPost(house, token, `${claim}/step/2`, new URLSearchParams(all.new));
  const papers = new FormData();
  papers.set("account", "9999990000000000014");
  PAPERS.forEach((code, i) => {
    const file = photo(`材料${i + 1}.PNG`, 700 + i);
    papers.set(`paper_${code}`, new Blob([file.buffer], { type: file.mimeType }), file.name);
  });
  await apiPost(house, token, `${claim}/step/3`, papers);
  await apiPost(house, token, `${claim}/submit`, new URLSearchParams());
  return claim;
}

/* ---- lists and files --------------------------------------------------------------------------- */

async function listSent(house) {
  const officer = await house.pageOf("officer");
  await officer.goto("/claim/batch");
  const radio = officer.locator('main input[type=radio][value="car_scrap"]');
  if ((await radio.count()) > 0) {
    await radio.check();
  } else {
    await officer.selectOption("#f-programme", "car_scrap");
  }
  await press(officer, "报送拨付清单");
  return new URL(officer.url()).pathname;
}

/* The rows of the pay file, as the bank would read them. */
async function payFile(finance, list) {
  await visit(finance, list, "claim-batch-made");
  await finance.check('main input[name="form"][value="csv"]');
  const [file] = await Promise.all([
    finance.waitForEvent("download"),
    finance.getByRole("button", { name: /下载支付文件/ }).click(),
  ]);
  const parts = [];
  for await (const part of await file.createReadStream()) {
    parts.push(part);
  }
  const lines = Buffer.concat(parts).toString("utf8").trim().split(/\r?\n/);
  return lines.slice(1).map((line) => line.split(","));
}

/* What the bank answers: a result and a reason behind each row. */
function answered(rows, say) {
  const lines = rows
    .map((row, i) => ({ row: [...row], told: say(row, i) }))
    .filter(({ told }) => told !== null)
    .map(({ row, told }) => {
      row[5] = told.amount || row[5];
      return [...row, told.result || "成功", told.reason || ""].join(",");
    });
  return { name: "结果.csv", mimeType: "text/csv", buffer: Buffer.from([HEAD, ...lines, ""].join("\r\n")) };
}

async function upload(page, where, file) {
  await page.goto(`${where}/result`);
  await page.setInputFiles('[name="file"]', file);
  return press(page, "上传并核对");
}

function fen(text) {
  return Math.round(Number(text) * 100);
}

/* ---- the story --------------------------------------------------------------------------------- */

async function wrongFiles(finance, list) {
  let answer = await upload(finance, list, photo("结果.png"));
  equal(answer.status(), 400, "a picture is no result file");
  ok((await fieldErrors(finance)).file !== undefined, "told at the field");
  await look(finance, "bank-upload-refused");
  const bare = { name: "无表头.csv", mimeType: "text/csv", buffer: Buffer.from("a,b\n1,2\n") };
  answer = await upload(finance, list, bare);
  equal(answer.status(), 400, "nor is a table without the head");
  includes((await fieldErrors(finance)).file, "表头", "and the message says what is missing");
  const text = `${HEAD}\r\n1,BF0000000,某人,1,,5.00,补贴,成功,\r\n`;
  answer = await upload(finance, list, { name: "别家.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  equal(answer.status(), 409, "a file of other payments is refused");
  answer = await finance.goto(`${list}/result`);
  includes(await finance.innerText("main"), "还没有上传结果文件", "and nothing was kept");
}

async function previewed(finance, list, rows, file, own) {
  const total = rows.reduce((sum, row) => sum + fen(row[5]), 0);
  await upload(finance, list, file);
  await look(finance, "bank-result-read");
  const main = await finance.innerText("main");
  includes(main, "什么都还没有改动", "the preview says that nothing has changed");
  equal(fenOf(await fact(finance, "我方合计")), total, "our total to the fen");
  equal(
    fenOf(await fact(finance, "差额")),
    1 - fen(rows[rows.length - 1][5]),
    "the difference: one fen too much, one line missing"
  );
  includes(await cell(finance, [own], "核对"), "已退回", "the return is seen");
  ok(main.includes("金额不符") && main.includes("结果文件里没有"), "so is what does not agree");
  includes(main, "不能由您入账", "who took the pay file out is told why not");
  ok(!main.includes("确认入账"), "and is not offered to book");
  const first = finance.url();
  await upload(finance, list, file);
  equal(finance.url(), first, "the same file leads to the same page");
  return new URL(first).pathname;
}

async function booked(house, where, options) {
  const second = await house.pageOf("finance2", options);
  await visit(second, where, "bank-result-second");
  await press(second, "确认入账");
  includes(await second.innerText("main"), "已入账", "the second person books it");
  ok(!(await second.innerText("main")).includes("确认入账"), "once");
  await look(second, "bank-result-booked");
  return second;
}

async function otherCard(house, claim) {
  const resident = await house.pageOf("resident", { device: "phone" });
  await visit(resident, claim, "claim-returned");
  includes(await resident.innerText("main"), "账户已销户", "the bank's own words");
  includes(await resident.innerText("main"), "请换一张您本人名下", "and what to do");
  await resident.getByRole("link", { name: "更正收款账户" }).click();
  await resident.waitForLoadState();
  await look(resident, "claim-account");
  await resident.fill("#f-card", "9999990000000000015");
  const answer = await press(resident, "更正账户，重新拨付");
  equal(answer.status(), 400, "a card with a slip is refused");
  ok((await fieldErrors(resident)).card !== undefined, "at its field");
  await resident.fill("#f-card", "9999990000000000022");
  await press(resident, "更正账户，重新拨付");
  includes(await resident.innerText("main"), "账户已更正", "the right one is taken");
  await resident.goto(`${claim}/account`);
  includes(await resident.innerText("main"), "没有等您更正的账户", "once");
}

async function reconciled(house, list, rows, device) {
  const open = fen(rows[0][5]) + fen(rows[rows.length - 1][5]);
  const number = list.split("/").pop();
  const auditor = await house.pageOf("auditor", { device });
  await visit(auditor, "/bank/reconcile?state=open", "bank-reconcile");
  equal(fenOf(await cell(auditor, [number], "未平差额")), open, `${device}: open to the fen`);
  await visit(auditor, "/bank/reconcile?state=even&programme=car_replace", "bank-reconcile-filtered");
  await auditor.goto("/bank/reconcile?state=open");
  const [file] = await Promise.all([
    auditor.waitForEvent("download"),
    auditor.getByRole("link", { name: "导出电子表格" }).click(),
  ]);
  includes(file.suggestedFilename(), ".xlsx", `${device}: the table as a file`);
}

async function theRest(house, list, rows) {
  const finance = await house.pageOf("finance", { script: false });
  const keep = new Set([rows[0][1], rows[rows.length - 1][1]]);
  await upload(finance, list, answered(rows, (row) => (keep.has(row[1]) ? {} : null)));
  await look(finance, "bank-result-read-noscript");
  equal(await fact(finance, "状态"), "待入账", "without scripts too");
  const where = new URL(finance.url()).pathname;
  await booked(house, where, { device: "phone", script: false });
  await visit(finance, "/bank/reconcile?state=even", "bank-reconcile-even");
  const number = list.split("/").pop();
  equal(fenOf(await cell(finance, [number], "未平差额")), 0, "the list is closed to the fen");
}

await story("the bank's answer", async () => {
  const house = await House.open("bank");
  try {
    const claim = await claimMade(house);
    const list = await listSent(house);
    const finance = await house.pageOf("finance");
    const rows = await payFile(finance, list);
    ok(rows.length >= 3, `a list of ${rows.length}`);
    const own = rows.find((row) => row[2] === OWN_NAME)[1];
    /* Our own line stands between the one of a fen too much and the missing one. */
    rows.sort((a, b) => (a[1] === own ? 1 : 0) - (b[1] === own ? 1 : 0));
    rows.splice(1, 0, rows.pop());
    await wrongFiles(finance, list);
    const more = ((fen(rows[0][5]) + 1) / 100).toFixed(2);
    const file = answered(rows, (row, i) => {
      if (row[1] === own) {
        return { result: "退汇", reason: "账户已销户" };
      }
      return i === rows.length - 1 ? null : i === 0 ? { amount: more } : {};
    });
    const where = await previewed(finance, list, rows, file, own);
    await booked(house, where, { device: "phone" });
    await otherCard(house, claim);
    await reconciled(house, list, rows, "desktop");
    await reconciled(house, list, rows, "phone");
    await theRest(house, list, rows);
  } finally {
    await house.close();
  }
});
finish();
