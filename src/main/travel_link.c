#include "main/travel_link.h"

typedef struct Kind {
    const char *word;
    TravelServer server;
} Kind;

static const Kind kinds[] = {{"osrm", TRAVEL_SERVER_OSRM}, {"valhalla", TRAVEL_SERVER_VALHALLA}};

static Status link_send(void *it, Cx *cx, const TravelRequest *request, Str *reply) {
    const TravelLink *link = it;
    HttpFetch fetch = {.target = &link->target,
                       .path = request->path,
                       .body = request->body,
                       .time_ms_max = link->wait_ms,
                       .bytes_max = TRAVEL_REPLY_BYTES_MAX};
    return http_fetch(cx, &fetch, reply);
}

Status travel_link_open(Cx *cx, Str text, int64_t wait_s, TravelLink *out) {
    Str rest = text;
    Str word = str_cut(&rest, ':');
    out->options = travel_options_default();
    out->wait_ms = wait_s * 1000;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (str_equal(word, str_of(kinds[i].word))) {
            out->options.server = kinds[i].server;
        }
    }
    if (out->options.server == TRAVEL_SERVER_NONE) {
        return fault(cx, STATUS_INVALID,
                     "--travel \"" STR_FMT "\": must be osrm:ADDRESS:PORT or valhalla:ADDRESS:PORT",
                     STR_ARG(str_slice(text, 0, 60)));
    }
    TRY(http_target_parse(cx, rest, &out->target));
    out->options.send = link_send;
    out->options.it = out;
    return STATUS_OK;
}

Status travel_wait_check(Cx *cx, int64_t wait_s, int64_t *out) {
    if (wait_s < 1 || wait_s > TRAVEL_WAIT_S_MAX) {
        return fault(cx, STATUS_INVALID, "--wait %lld: must be from 1 to %d seconds",
                     (long long)wait_s, TRAVEL_WAIT_S_MAX);
    }
    *out = wait_s;
    return STATUS_OK;
}
