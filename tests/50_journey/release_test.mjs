/*
 * release_test.mjs - handing out without a race: an officer announces a waiting list and a draw; a
 * resident takes a place on a phone, sees it on another device, and gets the coupon in turn; the
 * draw's published file is recomputed by the program. With and without scripts.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
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
  press,
  story,
  visit,
} from "./house.mjs";

const PROGRAM = process.env.HUANXIN || "build/release/huanxin";

/* Fills in the announcement. */
async function announce(page, release) {
  await page.goto("/release/new");
  await look(page, "release-new");
  await page.fill("#f-name", release.name);
  await page.selectOption("#f-category", release.category);
  await page.selectOption("#f-town", "all");
  await page.check(`input[name="way"][value="${release.way}"]`);
  await page.fill("#f-starts", dayOf(0));
  await page.fill("#f-start_hour", "0");
  await page.fill("#f-ends", dayOf(5));
  await page.fill("#f-quota", release.quota || "3");
  if (release.commitment) {
    await page.fill("#f-commitment", release.commitment);
    await page.fill("#f-source", "-");
  }
  return press(page, "公布");
}

async function announced(page, release) {
  await announce(page, release);
  includes(await page.innerText("main"), "已公布", `${release.name} is announced`);
  await look(page, `release-${release.way}-officer`);
  return new URL(page.url()).pathname;
}

/* Wrong input is told at its field, and nothing is announced. */
async function refusals(page) {
  const answer = await announce(page, {
    name: "错误的一期",
    category: "appliance:fridge",
    way: "draw",
    quota: "3",
  });
  equal(answer.status(), 400, "a draw without commitment is refused");
  ok((await fieldErrors(page)).commitment !== undefined, "at its field");
  await look(page, "release-refused");
  await page.goto("/release");
  ok(!(await page.innerText("main")).includes("错误的一期"), "and not announced");
}

async function waitingList(house, officer, options) {
  const url = await announced(officer, {
    name: `冰箱排队登记${options.script === false ? "乙" : "甲"}`,
    category: options.category,
    way: "waiting_list",
  });
  const resident = await house.pageOf("resident", { device: "phone", ...options });
  await visit(resident, "/release", "release-list");
  await visit(resident, url, "release-open");
  await press(resident, "登记一个位置");
  includes(await resident.innerText("main"), "登记成功", "the place is taken");
  equal(await fact(resident, "您前面还有（人）"), "0", "and its position stated");
  await look(resident, "release-joined");
  const desktop = await house.pageOf("resident", { device: "desktop" });
  await visit(desktop, url, "release-joined");
  equal(await fact(desktop, "回执号"), await fact(resident, "回执号"), "the same on any device");
  await officer.goto(url);
  await officer.fill("#f-count", "5");
  await press(officer, "按次序发放");
  includes(await officer.innerText("main"), "已发放 1 张", "the officer gives in order");
  await visit(resident, url, "release-given");
  await resident.getByRole("link", { name: "查看我的资格券" }).click();
  await resident.waitForLoadState();
  includes(await resident.innerText("main"), "待使用", "the coupon is there");
  await officer.goto(url);
  await press(officer, "截止");
  includes(await officer.innerText("main"), "已截止", "and the list is closed");
}

function seedMake() {
  const made = spawnSync(PROGRAM, ["draw", "seed"], { encoding: "utf8" }).stdout;
  return {
    seed: /seed ([0-9a-f]{64})/.exec(made)[1],
    commitment: /commitment ([0-9a-f]{64})/.exec(made)[1],
  };
}

async function fileOf(page, url, name) {
  const answer = await page.request.get(`${url}/draw`);
  const file = path.join(page.house.folder, name);
  fs.writeFileSync(file, await answer.body());
  return file;
}

async function draw(house, officer) {
  const secret = seedMake();
  const url = await announced(officer, {
    name: "电视公开抽签",
    category: "appliance:tv",
    way: "draw",
    commitment: secret.commitment,
  });
  const resident = await house.pageOf("resident", { device: "phone" });
  await visit(resident, url, "release-draw-open");
  await press(resident, "登记一个位置");
  await officer.goto(url);
  await press(officer, "截止");
  const closed = await fileOf(officer, url, "closed.txt");
  await look(officer, "release-draw-closed");
  await officer.fill("#f-seed", secret.seed.replace(/^./, secret.seed[0] === "0" ? "1" : "0"));
  await officer.fill("#f-public_words", "-");
  const wrong = await press(officer, "开签");
  equal(wrong.status(), 409, "another seed does not open the commitment");
  await officer.fill("#f-seed", secret.seed);
  await officer.fill("#f-public_words", "-");
  await press(officer, "开签");
  includes(await officer.innerText("main"), "已开签", "the draw is held");
  const drawn = await fileOf(resident, url, "drawn.txt");
  const proof = spawnSync(PROGRAM, ["draw", "verify", drawn, closed]);
  equal(proof.status, 0, "anybody can recompute it");
  await visit(resident, url, "release-drawn");
  equal(await fact(resident, "抽签名次"), "1", "the resident's rank is shown");
  includes(fs.readFileSync(drawn, "utf8"), await fact(resident, "名单上的摘要"), "as published");
  await officer.fill("#f-count", "3");
  await press(officer, "按次序发放");
  await visit(resident, url, "release-draw-given");
  includes(await resident.innerText("main"), "已经发放", "and the coupon given");
}

await story("release", async () => {
  const house = await House.open("release");
  try {
    const officer = await house.pageOf("officer");
    await visit(officer, "/release", "release-empty");
    await refusals(officer);
    await waitingList(house, officer, { category: "appliance:fridge" });
    await waitingList(house, officer, { category: "appliance:washer", script: false });
    await draw(house, officer);
    const visitor = await house.page({ device: "phone" });
    await visit(visitor, "/release", "release-list-visitor");
    await visit(visitor, "/wait", "wait");
  } finally {
    await house.close();
  }
});
finish();
