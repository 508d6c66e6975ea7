/*
 * form.h - forms declared as data: what is asked, how it is checked, where the message goes.
 *
 * The same declaration draws the form (labels, hints, input modes, error summary) and reads what
 * comes back. All fields are checked and all messages are given at once. Checks by kind:
 */
#ifndef HUANXIN_WEB_FORM_H
#define HUANXIN_WEB_FORM_H

#include "web/web.h"

/* X(name, what the browser is told, what is checked) is spelled out in form.c. */
typedef enum FieldKind {
    FIELD_TEXT,      /* min..max characters */
    FIELD_LONG_TEXT, /* several lines, min..max characters */
    FIELD_PASSWORD,  /* never shown again */
    FIELD_MONEY,     /* yuan into fen, min..max fen */
    FIELD_INT,       /* min..max */
    FIELD_DAY,       /* a date; min..max are Day numbers, 0 and 0: any */
    FIELD_CHOICE,    /* one of choices: radio buttons up to 6, else a list */
    FIELD_CHECK,     /* must be ticked unless optional */
    FIELD_ID_NUMBER, /* resident ID number with its check digit */
    FIELD_PHONE,
    FIELD_SERIAL,
    FIELD_GTIN,
    FIELD_INVOICE,
    FIELD_FILE, /* a photo or PDF: type by its first bytes, size */
    FIELD_HIDDEN,
    FIELD_DECIMAL, /* digits places after the point; number is scaled by them, so are min and max */
    FIELD_YEAR,    /* 1900..2100 unless min..max say otherwise */
    FIELD_MONTH,   /* "2026-11"; number is year * 12 + month - 1 */
    FIELD_CHOICES, /* any of choices; texts has their codes */
    FIELD_PLACE,   /* name.town: one of choices; name.lat, name.lon: WGS 84, or nothing */
    FIELD_REF,     /* another record, found by its words; text is its code */
    FIELD_FILES,   /* several files, their types are the office's to check; choices are those that
                      came before: sent again as name.kept, taken away by "drop:name:index" */
    FIELD_ROWS,    /* a table of columns, rows added and taken away with buttons */
} FieldKind;

typedef struct FormChoice {
    const char *code;
    const char *label;
} FormChoice;

typedef struct FormField {
    const char *name;
    const char *label;
    const char *hint; /* or NULL */
    FieldKind kind;
    bool is_optional;
    bool is_unmarked; /* optional to send, but not called so: its hint says when it is needed */
    int64_t min;
    int64_t max; /* 0: the kind's own bound */
    const FormChoice *choices;
    size_t choice_count;
    Str value; /* shown at first; in the form in which a person types it */

    /* For forms whose fields are known only at run time. */
    const char *group;  /* fields in a row with the same group stand under one heading */
    bool is_folded;     /* the group stays folded until one of its fields is answered */
    const char *unit;   /* said behind a number, or NULL */
    int digits;         /* FIELD_DECIMAL, 0..9 */
    bool is_refreshing; /* what else is asked depends on this answer */
    const char *accept; /* FIELD_FILES: endings that the browser offers, or NULL */
    const Str *values;  /* FIELD_CHOICES: codes ticked at first; FIELD_ROWS: its cells by rows */
    size_t value_count; /* of FIELD_ROWS: rows * columns */
    Str lat, lon;       /* FIELD_PLACE at first, degrees as typed */
    const struct FormField *columns; /* FIELD_ROWS: at most FORM_COLUMNS_MAX */
    size_t column_count;
} FormField;

enum {
    FORM_COLUMNS_MAX = 16,
    /* More rows than a person types come by import; and a request has HTTP_FIELDS_MAX fields. */
    FORM_ROWS_MAX = 100,
};

typedef struct Form {
    const char *key;     /* its name in JSON and in ids on the page */
    Str action;          /* path that takes the POST, or the GET of a question form */
    const char *submit;  /* words on the button */
    const char *confirm; /* asked before sending, or NULL */
    const FormField *fields;
    size_t field_count;
    bool is_get;  /* a question without change: the answer has an address that can be kept */
    bool is_bar;  /* a filter above a list: its first field is the search, always in sight */
    bool is_wide; /* for people who fill in many: two fields side by side on a wide screen */
    Str clear;    /* of a bar: the address without any filter */
    /* More buttons, each sending its code as form_act: "draft". */
    const FormChoice *buttons;
    size_t button_count;
} Form;

typedef struct FormValue {
    bool is_given;
    Str text;       /* trimmed; normalised codes */
    int64_t number; /* fen, integer or Day number by kind; index of the choice */
    const HttpField *file;
    const Str *texts; /* FIELD_CHOICES: codes in the order of choices */
    size_t text_count;
    const HttpField *const *files; /* FIELD_FILES */
    size_t file_count;
    bool has_point; /* FIELD_PLACE: lat and lon are given, in 1e-6 degrees */
    int64_t lat_micro, lon_micro;
    const Str *row_keys;     /* FIELD_ROWS: cells of a row are sent as name.key.column */
    struct FormValue *cells; /* row_count * column_count */
    size_t row_count;
} FormValue;

/* Reads and checks every field of the request into values (field_count of them). INVALID when any
 * is wrong: the messages are then in web->errors, all of them. */
Status form_read(Web *web, const Form *form, FormValue *values);
/* The button by which the form was sent: "" for its main one, "draft" for one of its own,
 * "add:rows" and the like for those that only change the form. */
Str form_act(const Web *web);
/* True when the form was sent only to be drawn anew with what was typed: a row more or less, a
 * search for a record, an answer on which others depend. The handler then returns
 * web->route->again(web) and changes nothing. This is how such forms work without JavaScript. */
bool form_is_reshaped(const Web *web);
/* True when a request sent this field, ticked or not; then what was sent is shown, not its value.
 */
bool form_is_sent(const Web *web, const FormField *field);
/* A form's fields as one text, to be kept: each name and value as "length:bytes,". */
void form_pack(Buf *out, Str name, Str value);
/* The fields of such a text, as views into it. INVALID when it is not one, or has more than
 * HTTP_FIELDS_MAX. O(bytes). */
MUST_CHECK Status form_unpack(Cx *cx, Str text, HttpField **fields, size_t *count);
/* Makes the request look as if it had sent these fields: a draft that was stored is shown like a
 * form that must be corrected. Borrows them. */
void form_restore(Web *web, const HttpField *fields, size_t count);
/* What was sent: the fields of a POST's body, or of the query of a question form. */
const HttpField *form_sent_fields(const Web *web, size_t *count);
/* The keys of the rows that a request holds, changed by the button that sent it; at most
 * FORM_ROWS_MAX. A form not sent: "0".."n-1" for the rows given in values. */
const Str *form_row_keys(const Web *web, const FormField *field, size_t *count);
/* The name under which a cell is sent: name.key.column. */
const char *form_cell_name(Arena *arena, const char *rows, Str key, const char *column);
/* Adds one message from an office's rule to web->errors. */
void form_error(Web *web, const char *field, Str text, Str hint);

#endif
