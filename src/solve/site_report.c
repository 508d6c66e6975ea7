/* Siting answers as JSON and GeoJSON. */
#include "base/money.h"
#include "solve/site_json.h"

/* ---- words ------------------------------------------------------------------------------------*/

/* Writes a JSON text. Names come from a file that was valid UTF-8. */
static void put_text(Buf *out, Str text) {
    buf_put_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c == '"' || c == '\\') {
            buf_put_char(out, '\\');
            buf_put_char(out, (char)c);
        } else if (c < 0x20 || c == 0x7f) {
            buf_print(out, "\\u%04x", c);
        } else {
            buf_put_char(out, (char)c);
        }
    }
    buf_put_char(out, '"');
}

static void put_key_text(Buf *out, const char *key, Str text) {
    buf_print(out, "\"%s\": ", key);
    put_text(out, text);
}

/* Parts per million as percent, exactly. */
static void put_percent(Buf *out, int64_t ppm) {
    buf_print(out, "%lld.%04lld", (long long)(ppm / 10000), (long long)(ppm % 10000));
}

static int64_t weight_of(const SiteFile *file, int32_t client) {
    return file->problem.weight[client];
}

static int32_t distance_of(const SiteFile *file, int32_t site, int32_t client) {
    return file->problem.distance[(int64_t)site * file->problem.client_count + client];
}

static void put_degrees(Buf *out, GeoPoint point) {
    buf_print(out, "[%.7f, %.7f]", datum_longitude(point), datum_latitude(point));
}

/* ---- sums of one site -------------------------------------------------------------------------*/

typedef struct SiteSum {
    int64_t clients;
    int64_t weight;
    int64_t load;
    int64_t distance;
    int32_t farthest;
} SiteSum;

static SiteSum *sums_of(Cx *cx, const SiteFile *file, const SiteAnswer *answer) {
    SiteSum *sums = arena_array(cx->arena, SiteSum, (size_t)file->problem.site_count);
    for (int32_t client = 0; client < file->problem.client_count; client++) {
        int32_t site = answer->site_of_client[client];
        int32_t distance = distance_of(file, site, client);
        SiteSum *sum = &sums[site];
        sum->clients++;
        sum->weight += weight_of(file, client);
        sum->load += file->problem.demand == NULL ? 0 : file->problem.demand[client];
        sum->distance += weight_of(file, client) * distance;
        sum->farthest = distance > sum->farthest ? distance : sum->farthest;
    }
    return sums;
}

static int64_t mean(int64_t sum, int64_t weight) {
    return weight == 0 ? 0 : (sum + weight / 2) / weight;
}

/* ---- JSON -------------------------------------------------------------------------------------*/

static void put_money(Cx *cx, Buf *out, const char *key, int64_t fen) {
    put_key_text(out, key, money_print_plain(cx->arena, money_of_fen(fen)));
}

static void write_open(Cx *cx, const SiteFile *file, const SiteAnswer *answer, Buf *out) {
    const SiteSum *sums = sums_of(cx, file, answer);
    buf_put_c(out, "  \"open\": [\n");
    for (int32_t i = 0; i < answer->open_count; i++) {
        int32_t site = answer->open[i];
        const SitePlace *place = &file->sites[site];
        buf_put_c(out, "    {");
        put_key_text(out, "id", place->id);
        buf_put_c(out, ", ");
        put_key_text(out, "rule", str_of(site_rule_text(file->problem.rule[site])));
        buf_print(out, ", \"clients\": %lld, \"weight\": %lld", (long long)sums[site].clients,
                  (long long)sums[site].weight);
        if (file->problem.demand != NULL) {
            buf_print(out, ", \"load\": %lld, \"capacity\": %lld", (long long)sums[site].load,
                      (long long)file->problem.capacity[site]);
        }
        buf_print(out, ", \"distance_mean\": %lld, \"distance_max\": %d, ",
                  (long long)mean(sums[site].distance, sums[site].weight), sums[site].farthest);
        put_money(cx, out, "cost_yuan", file->problem.cost[site]);
        buf_put_c(out, i + 1 < answer->open_count ? "},\n" : "}\n");
    }
    buf_put_c(out, "  ],\n");
}

static void write_clients(const SiteFile *file, const SiteAnswer *answer, Buf *out) {
    buf_put_c(out, "  \"clients\": [\n");
    for (int32_t client = 0; client < file->problem.client_count; client++) {
        int32_t site = answer->site_of_client[client];
        int32_t distance = distance_of(file, site, client);
        buf_put_c(out, "    {");
        put_key_text(out, "id", file->clients[client].id);
        buf_put_c(out, ", ");
        put_key_text(out, "site", file->sites[site].id);
        if (distance == SITE_DISTANCE_MAX) {
            buf_put_c(out, ", \"distance\": null");
        } else {
            buf_print(out, ", \"distance\": %d", distance);
        }
        if (file->problem.reach != NULL) {
            buf_put_c(out, distance <= file->problem.reach[client] ? ", \"covered\": true"
                                                                   : ", \"covered\": false");
        }
        buf_put_c(out, client + 1 < file->problem.client_count ? "},\n" : "}\n");
    }
    buf_put_c(out, "  ],\n");
}

static void write_one_more(const SiteFile *file, const SiteOneMore *more, Buf *out) {
    buf_print(out, "  \"one_more\": {\"value\": %lld, \"gain\": %lld", (long long)more->value,
              (long long)more->gain);
    if (more->site >= 0) {
        buf_put_c(out, ", ");
        put_key_text(out, "site", file->sites[more->site].id);
        buf_print(out, ", \"site_gain\": %lld", (long long)more->site_gain);
    }
    buf_put_c(out, "},\n");
}

/* Clients whose site cannot be reached at all: their distance says nothing. */
static int64_t clients_without_way(const SiteFile *file, const SiteAnswer *answer) {
    int64_t count = 0;
    for (int32_t client = 0; client < file->problem.client_count; client++) {
        int32_t distance = distance_of(file, answer->site_of_client[client], client);
        count += distance >= SITE_DISTANCE_MAX ? 1 : 0;
    }
    return count;
}

static void write_head(Cx *cx, const SiteFile *file, const SiteAnswer *answer, Buf *out) {
    buf_put_c(out, "{\n  ");
    put_key_text(out, "goal", str_of(site_goal_text(file->problem.goal)));
    buf_print(out, ",\n  \"value\": %lld,\n  \"bound\": %lld,\n  \"gap_percent\": ",
              (long long)answer->value, (long long)answer->bound);
    if (answer->gap_ppm == INT64_MAX) {
        buf_put_c(out, "null");
    } else {
        put_percent(out, answer->gap_ppm);
    }
    buf_print(out, ",\n  \"is_proven_optimal\": %s,\n  \"is_cancelled\": %s,\n  ",
              answer->is_optimal ? "true" : "false", answer->is_cancelled ? "true" : "false");
    put_key_text(out, "measure", file->is_seconds ? STR("seconds") : STR("metres"));
    buf_print(out, ",\n  \"is_estimated\": %s,\n", file->is_estimated ? "true" : "false");
    if (file->why_estimated.len > 0) {
        buf_put_c(out, "  ");
        put_key_text(out, "why_estimated", file->why_estimated);
        buf_put_c(out, ",\n");
    }
    buf_print(out, "  \"clients_without_way\": %lld,\n",
              (long long)clients_without_way(file, answer));
    buf_print(out, "  \"weight\": %lld,\n  \"distance_mean\": %lld,\n  ",
              (long long)answer->weight_sum,
              (long long)mean(answer->distance_sum, answer->weight_sum));
    put_money(cx, out, "cost_yuan", answer->cost_sum);
    buf_put_c(out, ",\n");
}

Status site_json_write(Cx *cx, const SiteFile *file, const SiteAnswer *answer, Buf *out) {
    write_head(cx, file, answer, out);
    if (answer->one_more.is_known) {
        write_one_more(file, &answer->one_more, out);
    }
    write_open(cx, file, answer, out);
    write_clients(file, answer, out);
    buf_print(out, "  \"rounds\": %lld,\n  \"bound_rounds\": %lld\n}\n",
              (long long)answer->round_count, (long long)answer->bound_round_count);
    if (buf_status(out) != STATUS_OK) {
        return fault(cx, STATUS_LIMIT, "the answer does not fit into %zu bytes", out->bytes_max);
    }
    return STATUS_OK;
}

/* ---- GeoJSON ----------------------------------------------------------------------------------*/

static void feature_start(Buf *out, bool is_first, const char *shape) {
    buf_print(out,
              "%s    {\"type\": \"Feature\", \"geometry\": {\"type\": \"%s\", \"coordinates\": ",
              is_first ? "" : ",\n", shape);
}

static void feature_sites(const SiteFile *file, const SiteAnswer *answer, Buf *out) {
    for (int32_t i = 0; i < answer->open_count; i++) {
        const SitePlace *place = &file->sites[answer->open[i]];
        feature_start(out, i == 0, "Point");
        put_degrees(out, datum_convert(place->point.at, DATUM_WGS84));
        buf_put_c(out, "}, \"properties\": {\"kind\": \"site\", ");
        put_key_text(out, "id", place->id);
        buf_put_c(out, ", ");
        put_key_text(out, "name", place->name);
        buf_put_c(out, ", ");
        put_key_text(out, "rule", str_of(site_rule_text(file->problem.rule[answer->open[i]])));
        buf_put_c(out, "}}");
    }
}

static void feature_client(const SiteFile *file, int32_t client, int32_t site, Buf *out) {
    const SitePlace *place = &file->clients[client];
    GeoPoint at = datum_convert(place->point.at, DATUM_WGS84);
    feature_start(out, false, "Point");
    put_degrees(out, at);
    buf_put_c(out, "}, \"properties\": {\"kind\": \"client\", ");
    put_key_text(out, "id", place->id);
    buf_put_c(out, ", ");
    put_key_text(out, "name", place->name);
    buf_print(out, ", \"weight\": %lld}}", (long long)weight_of(file, client));
    feature_start(out, false, "LineString");
    buf_put_char(out, '[');
    put_degrees(out, at);
    buf_put_c(out, ", ");
    put_degrees(out, datum_convert(file->sites[site].point.at, DATUM_WGS84));
    buf_put_c(out, "]}, \"properties\": {\"kind\": \"way\", ");
    put_key_text(out, "client", place->id);
    buf_put_c(out, ", ");
    put_key_text(out, "site", file->sites[site].id);
    buf_print(out, ", \"distance\": %d}}", distance_of(file, site, client));
}

Status site_geojson_write(Cx *cx, const SiteFile *file, const SiteAnswer *answer, Buf *out) {
    if (!file->has_all_locations) {
        return fault(cx, STATUS_INVALID, "a map needs a \"location\" for every client and site");
    }
    buf_put_c(out, "{\"type\": \"FeatureCollection\", \"features\": [\n");
    feature_sites(file, answer, out);
    for (int32_t client = 0; client < file->problem.client_count; client++) {
        TRY(cx_step(cx));
        feature_client(file, client, answer->site_of_client[client], out);
    }
    buf_put_c(out, "\n]}\n");
    if (buf_status(out) != STATUS_OK) {
        return fault(cx, STATUS_LIMIT, "the map does not fit into %zu bytes", out->bytes_max);
    }
    return STATUS_OK;
}
