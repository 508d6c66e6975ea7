/*
 * request.c - what a handler asks of its request.
 */
#include "http/http.h"

Str http_method_text(HttpMethod method) {
    static const char *const NAMES[] = {
#define X(name) #name,
        HTTP_METHOD_LIST(X)
#undef X
    };
    check((size_t)method < sizeof NAMES / sizeof NAMES[0]);
    return str_of(NAMES[method]);
}

Str http_header(const HttpRequest *request, const char *name) {
    Str wanted = str_of(name);
    for (size_t i = 0; i < request->header_count; i++) {
        if (str_equal_ascii_nocase(request->headers[i].name, wanted)) {
            return request->headers[i].value;
        }
    }
    return STR_NONE;
}

Str http_cookie(const HttpRequest *request, const char *name) {
    Str wanted = str_of(name);
    for (size_t i = 0; i < request->header_count; i++) {
        if (!str_equal_ascii_nocase(request->headers[i].name, STR("Cookie"))) {
            continue;
        }
        Str rest = request->headers[i].value;
        while (rest.at != NULL) {
            Str value = str_trim(str_cut(&rest, ';'));
            if (str_equal(str_cut(&value, '='), wanted) && value.at != NULL) {
                return value;
            }
        }
    }
    return STR_NONE;
}

static const HttpField *find_field(const HttpField *fields, size_t count, Str name, bool is_file) {
    for (size_t i = 0; i < count; i++) {
        if (fields[i].is_file == is_file && str_equal(fields[i].name, name)) {
            return &fields[i];
        }
    }
    return NULL;
}

Str http_query(const HttpRequest *request, const char *name) {
    const HttpField *field = find_field(request->query, request->query_count, str_of(name), false);
    return field == NULL ? STR_NONE : field->value;
}

Str http_form(const HttpRequest *request, const char *name) {
    const HttpField *field = find_field(request->form, request->form_count, str_of(name), false);
    return field == NULL ? STR_NONE : field->value;
}

const HttpField *http_file(const HttpRequest *request, const char *name) {
    const HttpField *field = find_field(request->form, request->form_count, str_of(name), true);
    bool is_chosen = field != NULL && (field->file_name.len > 0 || field->value.len > 0);
    return is_chosen ? field : NULL;
}
