/*
 * account_test.mjs - an officer forgets his password and leaves: the administrator resets it with a
 * printed code, the officer sets his own on a phone, an account for finance needs a second person,
 * and a disabled officer is out at once, while his page is open.
 */
import { House, cell, fact, finish, includes, look, ok, press, signIn, story, visit } from "./house.mjs";

const OWN = "a new long password";

async function findAccount(page, login) {
  await page.goto("/account");
  await page.fill("#f-q", login);
  await press(page, "筛选");
  await page.locator("main tbody a").first().click();
}

async function reset(page, login) {
  await findAccount(page, login);
  await look(page, "account-n");
  await page.click("main >> text=重置密码");
  await look(page, "account-reset");
  await press(page, "重置密码");
  ok(page.url().endsWith("/reset"), "without a reason nothing is reset");
  await page.fill("#f-reason", "本人到窗口，已核对身份");
  await press(page, "重置密码");
  await look(page, "account-slip");
  return fact(page, "一次性密码");
}

async function forgotten(house) {
  const admin = await house.pageOf("admin", { device: "desktop" });
  await visit(admin, "/account");
  const code = await reset(admin, "unit03");
  ok(/^\d{4} \d{4} \d{4}$/.test(code), "the slip has a code of twelve digits");
  const officer = await house.page({ device: "phone" });
  await signIn(officer, "unit03", code);
  ok(officer.url().endsWith("/me/password"), "the code leads to the form for a password");
  await look(officer, "password-first");
  await officer.goto("/my-unit");
  ok(officer.url().endsWith("/me/password"), "and to nothing else");
  await officer.fill("#f-new", OWN);
  await officer.fill("#f-again", "another long word");
  await press(officer, "设置密码");
  includes(await officer.innerText("main"), "不一致", "two different passwords are told");
  await officer.fill("#f-new", OWN);
  await officer.fill("#f-again", OWN);
  await press(officer, "设置密码");
  await signIn(officer, "unit03", OWN);
  await visit(officer, "/me", "me-officer");
  includes(await officer.innerText("main"), "就是这里", "the own session is shown");
  /* Another device of the same person, ended from the phone. */
  const other = await house.page({ device: "desktop" });
  await signIn(other, "unit03", OWN);
  await officer.goto("/me");
  await press(officer, "结束其他全部登录");
  await other.goto("/my-unit");
  includes(other.url(), "/sign-in", "the other device is out");
  /* The officer leaves while the page is open. */
  await findAccount(admin, "unit03");
  await admin.click("main >> text=停用");
  await look(admin, "account-disable");
  await admin.fill("#f-reason", "调离");
  await press(admin, "停用");
  includes(await fact(admin, "停用原因"), "调离", "the account says why it is disabled");
  await officer.goto("/my-unit");
  includes(officer.url(), "/sign-in", "the officer is out at once");
  await signIn(officer, "unit03", OWN);
  includes(await officer.innerText("main"), "不正确", "and cannot come back");
  await admin.goto("/account?state=disabled");
  includes(await cell(admin, ["unit03"], "状态"), "已停用", "the list shows the disabled");
  await admin.context().close();
}

async function twoPersons(house) {
  const admin = await house.pageOf("admin", { device: "desktop" });
  await admin.goto("/account/new");
  await admin.locator("#f-role").selectOption("finance");
  await admin.fill("#f-login", "unit98");
  await admin.fill("#f-name", "演示财政");
  await press(admin, "新建账号");
  includes(await admin.innerText("main"), "待第二人批准", "finance waits for a second person");
  includes(await admin.innerText("main"), "须由另一人批准", "the proposer cannot approve");
  await look(admin, "account-change-own");
  const lead = await house.pageOf("lead", { device: "desktop" });
  await visit(lead, "/account/change");
  await lead.locator("main tbody a").first().click();
  await look(lead, "account-change-n");
  await press(lead, "批准");
  const code = await fact(lead, "一次性密码");
  const fresh = await house.page({ device: "phone" });
  await signIn(fresh, "unit98", code);
  ok(fresh.url().endsWith("/me/password"), "the approved account can sign in");
  const own = await house.pageOf("admin", { device: "desktop" });
  await findAccount(own, "admin");
  includes(await own.innerText("main"), "须由另一位系统管理员办理", "nobody administers himself");
}

const house = await House.open("account");
try {
  await story("a password is forgotten, an officer leaves", () => forgotten(house));
  await story("finance is given by two", () => twoPersons(house));
} finally {
  await house.close();
}
finish();
