/* form_internal.h - what form.c and form_more.c share. Private to src/web. */
#ifndef HUANXIN_WEB_FORM_INTERNAL_H
#define HUANXIN_WEB_FORM_INTERNAL_H

#include "web/form.h"

/* A message at a field. */
void form_field_error(Web *web, const FormField *field, Str text);
/* Reads and checks one field; its messages go to web->errors. */
void form_field_read(Web *web, const FormField *field, FormValue *value);

/* What was sent as name.part. */
Str form_part(const Web *web, const char *name, const char *part);
/* form_more.c: value->text is given, except for the last three, which look themselves. */
void form_decimal_read(Web *web, const FormField *field, FormValue *value);
void form_year_read(Web *web, const FormField *field, FormValue *value);
void form_month_read(Web *web, const FormField *field, FormValue *value);
void form_point_read(Web *web, const FormField *field, FormValue *value);
void form_choices_read(Web *web, const FormField *field, FormValue *value);
void form_files_read(Web *web, const FormField *field, FormValue *value);
void form_rows_read(Web *web, const FormField *field, FormValue *value);

#endif
