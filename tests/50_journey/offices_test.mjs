/*
 * offices_test.mjs - the people behind the counter: an officer files a figure, the lead office
 * confirms it, finance and audit read the money, the auditor verifies, the administrator makes an
 * account; and every plain page of every role is opened once.
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
  signIn,
  story,
  visit,
} from "./house.mjs";

const ROLES = [
  "resident", "shop", "recycler", "driver", "enterprise", "bank", "officer", "lead", "finance",
  "auditor", "admin",
];

async function pathsOf(page) {
  await page.goto("/pages");
  return page.$$eval("main tbody a", (links) => links.map((link) => link.getAttribute("href")));
}

/*
 * Where a person of each role begins, and every plain page that is not open to anyone. The claim
 * needs the calculator's answers and belongs to the thread; what ends in /file is a download.
 */
async function everyPage(house, login, device, open) {
  const page = await house.pageOf(login, { device });
  await visit(page, "/", `home-${login}`);
  const paths = (await pathsOf(page)).filter((path) => !open.includes(path));
  ok(paths.includes("/me"), `${login}: the list of pages is its own`, String(paths));
  const asking = ["/coupon/claim", "/notice/new"]; /* pages that need to be told of what */
  const plain = paths.filter((it) => !asking.includes(it) && !it.endsWith("/file"));
  for (const path of plain) {
    await visit(page, path);
  }
  await page.context().close();
}

/* How a figure is filed, approved and confirmed is told by plan_test.mjs. */
async function leadLooks(house) {
  const page = await house.pageOf("lead", { device: "desktop" });
  await visit(page, "/dashboard", "dashboard-lead");
  await visit(page, "/policy/appliance-2026", "policy-n");
  await page.goto("/task/1");
  await look(page, "task-n");
  await page.context().close();
}

async function auditorVerifies(house) {
  const page = await house.pageOf("auditor", { device: "desktop" });
  await visit(page, "/journal/verify");
  await page.click("text=开始验证");
  await page.waitForSelector("text=全部相符");
  await look(page, "job-n");
  const main = await page.innerText("main");
  includes(main, "完整，未被改动", "the journal's chain is whole");
  includes(main, "全部相符", "the ledger adds up");
  await page.goto("/journal");
  await page.locator("main tbody a").first().click();
  await look(page, "journal-n");
  await page.goto("/journal?verb=coupon.claim");
  ok((await page.locator("main tbody tr").count()) > 0, "the journal can be filtered by act");
  await page.goto("/fund");
  await page.locator("main tbody a").first().click();
  await look(page, "fund-n");
  const refused = await page.request.post(`${house.address}/account/new`, { form: { login: "x" } });
  equal(refused.status(), 403, "an auditor changes nothing");
  await page.context().close();
}

async function accountForm(page, login) {
  await page.locator("#f-role").selectOption("officer");
  await page.fill("#f-login", login);
  await page.fill("#f-name", "演示新经办");
  await page.locator("#f-unit").selectOption({ index: 1 });
  await press(page, "新建账号");
}

async function adminMakesAccount(house) {
  const page = await house.pageOf("admin", { device: "desktop" });
  await visit(page, "/account/new");
  await accountForm(page, "shop");
  includes((await fieldErrors(page)).login, "已经登记", "a login in use is refused");
  await look(page, "account-refused");
  await accountForm(page, "newofficer");
  includes(await page.innerText("main"), "只在这里显示一次", "the account is made");
  await look(page, "account-made");
  const other = await house.page({ device: "desktop" });
  await signIn(other, "newofficer", await fact(page, "一次性密码"));
  await other.fill("#f-new", "a long enough password");
  await other.fill("#f-again", "a long enough password");
  await press(other, "设置密码");
  await signIn(other, "newofficer", "a long enough password");
  await visit(other, "/my-unit", "my-unit-new");
  await page.context().close();
}

async function strangers(house) {
  const page = await house.page({ device: "phone" });
  const missing = await page.goto("/no-such-page");
  equal(missing.status(), 404, "a page that is not there says so");
  await look(page, "not-found");
  const closed = await page.goto("/till");
  includes(page.url(), "/sign-in", "a closed page asks to sign in");
  equal(closed.status(), 200, "and the sign-in answers");
  const resident = await house.pageOf("resident", { device: "phone" });
  const denied = await resident.goto("/till");
  equal(denied.status(), 403, "a resident has no till");
  await look(resident, "denied");
}

await story("the offices", async () => {
  const house = await House.open("offices");
  try {
    await story("strangers", () => strangers(house));
    await story("the lead office", () => leadLooks(house));
    await story("the auditor", () => auditorVerifies(house));
    await story("the administrator", () => adminMakesAccount(house));
    const open = await pathsOf(await house.page());
    for (const login of ROLES) {
      for (const device of Object.keys(DEVICES)) {
        await story(login, () => everyPage(house, login, device, open));
      }
    }
  } finally {
    await house.close();
  }
});
finish();
