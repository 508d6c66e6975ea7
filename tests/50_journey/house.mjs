/*
 * house.mjs - what the browser tests share: a demo city of their own, the server that shows it, a
 * browser, and the TAP lines that tests/run.sh counts.
 *
 *   const house = await House.open("anonymous");   // demo city + server on a free loopback port
 *   const page = await house.page({ device: "phone" });
 *   await visit(page, "/calculator");              // opens, checks axe, wording, overflow
 *   await house.close();                           // ends only what it started
 *
 * Environment: HUANXIN path of the program (default build/release/huanxin), CHROMIUM path of the
 * browser, SHOTS=folder keeps a picture of every page that is checked.
 */
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { deflateSync } from "node:zlib";

const require = createRequire(path.resolve("assets/node_modules/package.json"));
const { chromium } = require("playwright-core");
const axeSource = fs.readFileSync("assets/node_modules/axe-core/axe.min.js", "utf8");

const PROGRAM = path.resolve(process.env.HUANXIN || "build/release/huanxin");
const START_MS_MAX = 20000;
/* The day of the city's clock: the tests must not depend on the day on which they run. */
const TODAY = "2026-11-20";
const BROWSER_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--lang=zh-CN",
];

export const DEVICES = {
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 900 } },
};

/* ---- TAP ------------------------------------------------------------------------------------- */

let count = 0;
let failed = 0;

/* One line of TAP; detail is printed only for a failure. */
export function ok(isGood, text, detail = "") {
  count += 1;
  const words = String(text).replace(/\s+/g, " ");
  if (isGood) {
    console.log(`ok ${count} - ${words}`);
    return;
  }
  failed += 1;
  console.log(`not ok ${count} - ${words}`);
  for (const line of String(detail).split("\n").slice(0, 10)) {
    console.log(`# ${line}`);
  }
}

export function equal(seen, wanted, text) {
  ok(seen === wanted, text, `seen:   ${seen}\nwanted: ${wanted}`);
}

export function includes(seen, wanted, text) {
  ok(String(seen).includes(wanted), text, `seen:   ${seen}\nwanted: ${wanted}`);
}

/* Runs one story; an exception inside it is one failure, and the next story still runs. */
export async function story(name, run) {
  try {
    await run();
  } catch (error) {
    ok(false, name, error.stack || error);
  }
}

/* Ends the program with the plan line and the right code. */
export function finish() {
  console.log(`1..${count}`);
  process.exitCode = failed > 0 ? 1 : 0;
}

/* ---- the city's clock ------------------------------------------------------------------------ */

const DAY_MS = 86400e3;
let shiftMs = 0;

function chinaDay(ms) {
  return new Date(ms + 8 * 3600e3).toISOString().slice(0, 10);
}

function clockSet(today) {
  shiftMs = Date.parse(today) - Date.parse(chinaDay(Date.now()));
}

/* The day of the city's clock, in China; shift in days. */
export function dayOf(shift = 0) {
  return chinaDay(Date.now() + shiftMs + shift * DAY_MS);
}

/* ---- the city and its server ----------------------------------------------------------------- */

function makeCity(folder) {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const words = ["demo", "--residents", "500", "--seed", "7", "--last", TODAY, "--quiet"];
  const made = spawnSync(PROGRAM, [...words, "--data", folder], { encoding: "utf8" });
  if (made.status !== 0) {
    throw new Error(`huanxin demo: ${made.stderr}`);
  }
}

/* Waits until the server has printed its address and the sign-ins. */
function addressOf(server) {
  return new Promise((resolve, reject) => {
    let text = "";
    const timer = setTimeout(() => reject(new Error(`no address in: ${text}`)), START_MS_MAX);
    const read = (piece) => {
      text += piece;
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(text);
      const sign = /^\s+admin\s+(\S+)/m.exec(text);
      if (address && sign) {
        clearTimeout(timer);
        resolve({ address: address[0], password: sign[1] });
      }
    };
    server.stdout.on("data", read);
    server.stderr.on("data", read);
    server.on("exit", (code) => reject(new Error(`server ended with ${code}: ${text}`)));
  });
}

export class House {
  static async open(name) {
    const house = new House();
    house.name = name;
    house.folder = path.resolve("build", `journey-${name}-${process.pid}`);
    try {
      makeCity(house.folder);
      await house.serve(TODAY);
      house.browser = await chromium.launch({
        executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
        args: BROWSER_FLAGS,
        env: { ...process.env, LANGUAGE: "zh_CN" },
      });
    } catch (error) {
      await house.close();
      throw error;
    }
    return house;
  }

  /* Starts the server on a day of the city; a second call ends the first server. */
  async serve(today) {
    await this.stop();
    clockSet(today);
    const words = ["serve", "--port", "0", "--today", today, "--data", this.folder];
    this.server = spawn(PROGRAM, words, { stdio: ["ignore", "pipe", "pipe"] });
    Object.assign(this, await addressOf(this.server));
  }

  async stop() {
    if (this.server && this.server.exitCode === null) {
      const ended = new Promise((resolve) => this.server.once("exit", resolve));
      this.server.kill("SIGTERM");
      await ended;
    }
  }

  /* A page of a new person: own cookies. device: phone or desktop; script: false without it. */
  async page({ device = "desktop", script = true } = {}) {
    const context = await this.browser.newContext({
      ...DEVICES[device],
      baseURL: this.address,
      locale: "zh-CN",
      timezoneId: "Asia/Shanghai",
      javaScriptEnabled: script,
    });
    context.setDefaultTimeout(10000);
    const page = await context.newPage();
    page.device = device;
    page.hasScript = script;
    page.house = this;
    page.on("dialog", (dialog) => dialog.accept());
    page.on("pageerror", (error) => ok(false, `script error on ${page.url()}`, error.message));
    return page;
  }

  /* A page on which this person of the demo city has signed in. */
  async pageOf(login, options) {
    const page = await this.page(options);
    await signIn(page, login);
    return page;
  }

  async close() {
    if (this.browser) {
      await this.browser.close();
    }
    await this.stop();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function signIn(page, login, password = page.house.password) {
  if (!page.url().includes("/sign-in")) {
    await page.goto("/sign-in");
  }
  await page.fill("#f-login", login);
  await page.fill("#f-password", password);
  await press(page, "登录");
}

/* Presses the button of main with these words and waits for the page that follows. */
export async function press(page, words, within = "main") {
  const button = page.locator(within).getByRole("button", { name: words, exact: true }).first();
  const [answer] = await Promise.all([
    page.waitForNavigation({ waitUntil: "load" }),
    button.click(),
  ]);
  return answer;
}

/* ---- what every page must hold ---------------------------------------------------------------- */

const checkedShapes = new Set();

/* English that may stand on a page: names of formats, units and rules, and logins. */
const ALLOWED_WORDS = new RegExp(
  "^(SN|GTIN|JPG|PNG|WebP|PDF|CSV|JSON|SM3|MB|KB|kg|km|IMEI|VIN|DMN|FEEL|XML|date|api|Excel|xlsx|csv|UTF|GB|png|Word|docx|ISO|CT|" +
    "resident|shop|recycler|driver|enterprise|bank|officer|lead|finance|auditor|admin|newofficer|unit|head)$"
);

/* English words of the visible text that are neither allowed nor part of a code. */
export function englishIn(text) {
  const plain = text
    .replace(/\b[A-Z]+(-[A-Z0-9]+)+\b/g, " ") /* rules */
    .replace(/\/[a-z][\w\-/{}?=&.]*/g, " ") /* paths on the list of pages */
    .replace(/\bhuanxin draw seed\b/g, " ") /* a command that the page tells to type */
    .replace(/\b[0-9a-f]{16,}\b/g, " ") /* values of the hash chain */
    .replace(/\b[a-z_]+-\d{4}\b/g, " ") /* versions of a policy */
    .replace(/[A-Z]{2}\*{4}\w*/g, " ") /* masked serial numbers */
    .replace(/[一-龥][A-Z]{2}(?=\d|加)/g, " ") /* number plates */
    .replace(/\b[0-9A-Z]{4} ?[0-9A-Z]{4} ?[0-9A-Z]{4}\b/g, " ") /* coupons */
    .replace(/\b[A-Z0-9]*\d[A-Z0-9-]*\b/g, " "); /* codes with a figure: serials, invoices */
  return [...plain.matchAll(/[A-Za-z][A-Za-z_.]*[A-Za-z]/g)]
    .map((match) => match[0])
    .filter((word) => !ALLOWED_WORDS.test(word));
}

async function axeFindings(page) {
  await page.evaluate(axeSource);
  const result = await page.evaluate(() =>
    window.axe.run(document, { resultTypes: ["violations"] })
  );
  return result.violations
    .filter((row) => row.impact === "serious" || row.impact === "critical")
    .map((row) => `${row.id}: ${row.nodes.length} × ${row.nodes[0].html.slice(0, 160)}`);
}

/* Things wider than the screen, outside a box that scrolls by itself. */
function overflowOf(page) {
  const width = page.viewportSize().width;
  return page.evaluate((room) => document.documentElement.scrollWidth - room, width);
}

async function keepShot(page, name) {
  if (!process.env.SHOTS) {
    return;
  }
  fs.mkdirSync(process.env.SHOTS, { recursive: true });
  const file = path.join(process.env.SHOTS, `${name}-${page.device}.png`);
  await page.screenshot({ path: file, fullPage: true });
}

/*
 * Checks the page that is open: axe (needs scripts), wording, width. A page is looked at once per
 * name and device.
 */
export async function look(page, name) {
  const shape = `${name} ${page.device}`;
  if (checkedShapes.has(shape)) {
    return;
  }
  checkedShapes.add(shape);
  await keepShot(page, name);
  const text = await page.innerText("body");
  const english = englishIn(text);
  equal(english.slice(0, 8).join(" "), "", `${shape}: no English on the page`);
  if (!page.hasScript) {
    return;
  }
  const findings = await axeFindings(page);
  equal(findings.join("\n"), "", `${shape}: axe finds nothing serious`);
  const wide = await overflowOf(page);
  ok(wide <= 0, `${shape}: nothing is wider than the screen`, `${wide} px too wide`);
}

/* Opens a page, expects 200, and looks at it under a name made from its path. */
export async function visit(page, where, name = "") {
  const answer = await page.goto(where);
  equal(answer.status(), 200, `${page.device} ${where} answers`);
  await look(page, name || nameOf(where));
}

/* "/task/1" is task-n, "/calculator?programme=digital" is calculator-digital. */
function nameOf(where) {
  const plain = where.replace(/\?\w+=/, "-").replace(/\d+/g, "n").replace(/^\/|\/$/g, "");
  return plain.replace(/\//g, "-") || "home";
}

/* The messages at the fields of the form, by field name; "" is what stands only in the summary. */
export async function fieldErrors(page) {
  return page.evaluate(() => {
    const found = {};
    document.querySelectorAll("[id^='e-']").forEach((node) => {
      found[node.id.slice(2)] = node.textContent.trim();
    });
    const summary = document.querySelector(".error-summary");
    if (summary && Object.keys(found).length === 0) {
      found[""] = summary.textContent.trim();
    }
    return found;
  });
}

/* The value beside a label in a list of facts. */
export async function fact(page, label) {
  return page.evaluate((wanted) => {
    for (const term of document.querySelectorAll("main dt")) {
      if (term.textContent.trim() === wanted) {
        return term.nextElementSibling.textContent.trim();
      }
    }
    return null;
  }, label);
}

/* The cell of a column in the row whose text contains all of `parts`. */
export async function cell(page, parts, column) {
  return page.evaluate(
    ([wanted, label]) => {
      for (const row of document.querySelectorAll("main tbody tr")) {
        if (wanted.every((part) => row.textContent.includes(part))) {
          const found = row.querySelector(`[data-label="${label}"]`);
          return found ? found.textContent.trim() : null;
        }
      }
      return null;
    },
    [parts, column]
  );
}

/* "1,234.50 元" as fen. */
export function fenOf(text) {
  const match = /(-?)([\d,]+)\.(\d\d) 元/.exec(text || "");
  return match ? Number(match[2].replace(/,/g, "") + match[3]) * (match[1] ? -1 : 1) : NaN;
}

/* ---- a small photo --------------------------------------------------------------------------- */

function crcOf(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i += 1) {
      crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
  }
  return ~crc >>> 0;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const size = Buffer.alloc(4);
  const crc = Buffer.alloc(4);
  size.writeUInt32BE(data.length);
  crc.writeUInt32BE(crcOf(body));
  return Buffer.concat([size, body, crc]);
}

/* A grey PNG of 8 by 8 points, made here so that the repository carries no picture for it. With a
 * seed its points are uneven, another picture for each seed. */
export function photo(name = "sn.png", seed = 0) {
  const head = Buffer.from([0, 0, 0, 8, 0, 0, 0, 8, 8, 0, 0, 0, 0]);
  const rows = Buffer.alloc(8 * 9, 0x80);
  let state = seed;
  for (let i = 0; seed !== 0 && i < rows.length; i += 1) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    rows[i] = (state >>> 16) & 0xff;
  }
  for (let i = 0; i < 8; i += 1) {
    rows[i * 9] = 0;
  }
  const buffer = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
  return { name, mimeType: "image/png", buffer };
}
