/*
 * workshop.js - the policy table under the hand: a cell is saved as it is left, Enter and the arrow
 * keys move, a block copied from a spreadsheet is pasted. Without it the page is one form.
 *   form[data-grid="/workshop/5/table/1"]   the grid; its fields carry data-cell="column"
 *   tr[data-row="12"]                       a row and its number
 *   [data-grid-status]                      says what was saved, aloud
 * Messages come from the server and stand below their cell.
 */
(function () {
  "use strict";

  var form = document.querySelector("form[data-grid]");
  if (!form) {
    return;
  }
  var place = form.getAttribute("data-grid");
  var status = form.querySelector("[data-grid-status]");
  var saving = Promise.resolve();

  function fields() {
    return form.querySelectorAll("[data-cell]");
  }

  function rowOf(field) {
    return field.closest("tr").getAttribute("data-row");
  }

  function say(text) {
    status.textContent = text;
  }

  function send(path, values) {
    var body = new URLSearchParams();
    body.set("csrf", form.elements.csrf.value);
    body.set("revision", form.elements.revision.value);
    Object.keys(values).forEach(function (key) {
      body.set(key, values[key]);
    });
    return window
      .fetch("/api" + place + path, { method: "POST", credentials: "same-origin", body: body })
      .then(function (answer) {
        return answer.json();
      });
  }

  function messageOf(answer) {
    return (answer.errors || [])
      .map(function (error) {
        return error.message + (error.hint ? "（" + error.hint + "）" : "");
      })
      .join("；");
  }

  function mark(field, text) {
    var cell = field.closest("td");
    var note = cell.querySelector(".grid-error");
    if (note) {
      note.remove();
    }
    cell.classList.toggle("grid-bad", Boolean(text));
    if (!text) {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
      return;
    }
    note = document.createElement("p");
    note.className = "grid-error";
    note.id = "e-" + field.name;
    note.textContent = text;
    cell.appendChild(note);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", note.id);
  }

  /* One after another: each save is made against the revision that the one before gave. */
  function save(field) {
    var text = field.value;
    saving = saving
      .then(function () {
        return send("/cell", { row: rowOf(field), column: field.getAttribute("data-cell"), text: text });
      })
      .then(
        function (answer) {
          if (!answer.ok) {
            mark(field, messageOf(answer));
            say("没有保存：" + messageOf(answer));
            return;
          }
          form.elements.revision.value = answer.revision;
          field.dataset.kept = answer.text;
          if (field.value === text) {
            field.value = answer.text;
          }
          mark(field, "");
          field.closest("td").classList.add("grid-saved");
          say("已保存");
        },
        function () {
          say("没有保存：连不上服务器");
        }
      );
  }

  fields().forEach(function (field) {
    field.dataset.kept = field.value;
  });

  form.addEventListener("change", function (event) {
    var field = event.target;
    if (field.hasAttribute("data-cell") && field.value !== field.dataset.kept) {
      save(field);
    }
  });

  /* ---- moving ---- */

  function neighbour(field, rows, columns) {
    var row = field.closest("tr");
    for (; rows > 0 && row; rows--) {
      row = row.nextElementSibling;
    }
    for (; rows < 0 && row; rows++) {
      row = row.previousElementSibling;
    }
    var column = Number(field.getAttribute("data-cell")) + columns;
    return row ? row.querySelector('[data-cell="' + column + '"]') : null;
  }

  function move(event, rows, columns) {
    var to = neighbour(event.target, rows, columns);
    if (to) {
      event.preventDefault();
      to.focus();
      to.select();
    }
  }

  function atStart(field) {
    return field.selectionStart === 0 && field.selectionEnd === 0;
  }

  function atEnd(field) {
    return field.selectionStart === field.value.length;
  }

  function allMarked(field) {
    return field.selectionStart === 0 && field.selectionEnd === field.value.length;
  }

  form.addEventListener("keydown", function (event) {
    var field = event.target;
    if (!field.hasAttribute("data-cell") || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    var isLong = field.tagName === "TEXTAREA";
    if (event.key === "Enter" && !(isLong && event.shiftKey)) {
      event.preventDefault();
      var to = neighbour(field, event.shiftKey ? -1 : 1, 0);
      if (to) {
        to.focus();
        to.select();
      } else {
        field.blur();
        field.focus();
      }
    } else if (event.key === "ArrowDown" && (!isLong || atEnd(field))) {
      move(event, 1, 0);
    } else if (event.key === "ArrowUp" && (!isLong || atStart(field))) {
      move(event, -1, 0);
    } else if (event.key === "ArrowRight" && (atEnd(field) || allMarked(field))) {
      move(event, 0, 1);
    } else if (event.key === "ArrowLeft" && (atStart(field) || allMarked(field))) {
      move(event, 0, -1);
    } else if (event.key === "Escape" && field.value !== field.dataset.kept) {
      field.value = field.dataset.kept;
      mark(field, "");
      say("已还原");
    }
  });

  /* ---- a block from a spreadsheet ---- */

  form.addEventListener("paste", function (event) {
    var field = event.target;
    var text = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
    var isBlock = text.indexOf("\t") >= 0 || text.replace(/[\r\n]+$/, "").indexOf("\n") >= 0;
    if (!field.hasAttribute("data-cell") || !isBlock) {
      return;
    }
    event.preventDefault();
    say("正在粘贴…");
    saving = saving
      .then(function () {
        return send("/paste", { row: rowOf(field), column: field.getAttribute("data-cell"), text: text });
      })
      .then(
        function (answer) {
          if (!answer.ok) {
            say("没有粘贴：" + messageOf(answer));
            return;
          }
          say(answer.message);
          window.location.reload();
        },
        function () {
          say("没有粘贴：连不上服务器");
        }
      );
  });
})();
