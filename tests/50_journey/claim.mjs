/*
 * claim.mjs - what the journeys of claims share: numbers that pass their checks, a car's answers,
 * and filling a form as a person does.
 */
import { dayOf, photo } from "./house.mjs";

/* ---- numbers that pass their checks ------------------------------------------------------------ */

const VIN_VALUES = "0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ";
const VIN_WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/* A VIN of the demo range (it begins with 0) with its check digit: 49 CFR 565. */
export function vin(number) {
  const letters = [..."0HX00000", "0", "R", ...String(number).padStart(7, "0")];
  const sum = letters.reduce(
    (total, letter, i) => total + (VIN_VALUES.indexOf(letter) % 10) * VIN_WEIGHTS[i],
    0
  );
  letters[8] = sum % 11 === 10 ? "X" : String(sum % 11);
  return letters.join("");
}

let next = 1;

export function answersOf(programme, owner) {
  const number = next;
  next += 1;
  const bought = dayOf(-20);
  const scrap = {
    old_class: "true",
    old_fuel: "汽油",
    old_registered: "2010-05-01",
    recycle_day: dayOf(-26),
    cancel_day: dayOf(-24),
  };
  const sold = { old_sold: "true", old_invoice_day: dayOf(-26), transfer_day: dayOf(-24) };
  return {
    old: {
      old_vin: vin(2 * number),
      old_plate: "鲁V12345",
      old_owner: owner,
      old_owned: "2012-03-01",
      ...(programme === "car_scrap" ? scrap : sold),
    },
    new: {
      new_vin: vin(2 * number + 1),
      invoice: `2637${String(number).padStart(16, "0")}`,
      invoice_day: bought,
      new_owner: owner,
      price: "129800",
      in_province: "true",
      registered_day: dayOf(-17),
      registered_here: "true",
      ...(programme === "car_scrap" ? { still_own: "true" } : { new_class: "true" }),
      new_kind: "新能源",
      new_model: "YS7000BEV01",
    },
    account: "9999990000000000014",
    bought,
    number,
  };
}

/* ---- filling a form as a person does ------------------------------------------------------------ */

export async function fillAll(page, answers) {
  for (const [name, value] of Object.entries(answers)) {
    const radio = page.locator(`main input[type=radio][name="${name}"][value="${value}"]`);
    if ((await radio.count()) > 0) {
      await radio.check();
    } else {
      await page.fill(`#f-${name}`, value);
    }
  }
}

export async function attachPapers(page, codes, seed) {
  for (const [i, code] of codes.entries()) {
    await page.setInputFiles(`#f-paper_${code}`, photo(`材料${i + 1}.PNG`, seed * 10 + i + 1));
  }
}

export const SCRAP_PAPERS = ["recycle", "cancel", "invoice", "register"];
export const REPLACE_PAPERS = ["used_invoice", "old_register", "invoice", "register"];
