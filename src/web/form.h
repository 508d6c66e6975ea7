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
    int64_t min;
    int64_t max; /* 0: the kind's own bound */
    const FormChoice *choices;
    size_t choice_count;
    Str value; /* shown at first; in the form in which a person types it */
} FormField;

typedef struct Form {
    const char *key;     /* its name in JSON and in ids on the page */
    Str action;          /* path that takes the POST, or the GET of a question form */
    const char *submit;  /* words on the button */
    const char *confirm; /* asked before sending, or NULL */
    const FormField *fields;
    size_t field_count;
    bool is_get; /* a question without change: the answer has an address that can be kept */
} Form;

typedef struct FormValue {
    bool is_given;
    Str text;       /* trimmed; normalised codes */
    int64_t number; /* fen, integer or Day number by kind; index of the choice */
    const HttpField *file;
} FormValue;

/* Reads and checks every field of the request into values (field_count of them). INVALID when any
 * is wrong: the messages are then in web->errors, all of them. */
Status form_read(Web *web, const Form *form, FormValue *values);
/* Adds one message from an office's rule to web->errors. */
void form_error(Web *web, const char *field, Str text, Str hint);

#endif
