/*
 * asset.c - bytes that stay the same while the server runs: compressed and tagged once.
 */
#include "http/gzip.h"
#include "http/http.h"
#include "http/parse.h"

#include <string.h>

enum { ASSET_GZIP_LEVEL = 9 };

Str http_type_of(Str file_name) {
    static const char *const TYPES[][2] = {{".css", "text/css; charset=utf-8"},
                                           {".js", "text/javascript; charset=utf-8"},
                                           {".mjs", "text/javascript; charset=utf-8"},
                                           {".html", "text/html; charset=utf-8"},
                                           {".json", "application/json"},
                                           {".geojson", "application/json"},
                                           {".csv", "text/csv; charset=utf-8"},
                                           {".txt", "text/plain; charset=utf-8"},
                                           {".md", "text/plain; charset=utf-8"},
                                           {".svg", "image/svg+xml"},
                                           {".png", "image/png"},
                                           {".jpg", "image/jpeg"},
                                           {".jpeg", "image/jpeg"},
                                           {".webp", "image/webp"},
                                           {".gif", "image/gif"},
                                           {".ico", "image/x-icon"},
                                           {".woff2", "font/woff2"},
                                           {".woff", "font/woff"},
                                           {".pdf", "application/pdf"},
                                           {".xml", "application/xml"},
                                           {".dmn", "application/xml"},
                                           {".zip", "application/zip"},
                                           {".webmanifest", "application/manifest+json"},
                                           {".xlsx", "application/vnd.openxmlformats-officedocument"
                                                     ".spreadsheetml.sheet"}};
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++) {
        Str ending = str_of(TYPES[i][0]);
        bool is_longer = file_name.len > ending.len;
        if (is_longer &&
            str_equal_ascii_nocase(str_from(file_name, file_name.len - ending.len), ending)) {
            return str_of(TYPES[i][1]);
        }
    }
    return STR("application/octet-stream");
}

static bool is_worth_packing(Str type) {
    return str_starts(type, STR("text/")) || str_starts(type, STR("application/json")) ||
           str_starts(type, STR("application/xml")) || str_starts(type, STR("image/svg+xml")) ||
           str_starts(type, STR("application/manifest+json"));
}

HttpAsset *http_asset_new(Arena *arena, Str type, Str bytes, const char *cache_control) {
    HttpAsset *asset = arena_new(arena, HttpAsset);
    *asset = (HttpAsset){.type = type, .bytes = bytes, .gzip = STR("")};
    asset->cache_control = cache_control == NULL ? "public, max-age=3600" : cache_control;
    asset->etag =
        str_print(arena, "\"%016llx-%zx\"", (unsigned long long)str_hash(bytes), bytes.len);
    if (is_worth_packing(type)) {
        Arena *scratch = arena_create();
        Str packed = gzip_text(gzip_pool_new(scratch), scratch, bytes, ASSET_GZIP_LEVEL);
        asset->gzip = packed.at == NULL ? STR("") : str_dup(arena, packed);
        arena_free(scratch);
    }
    return asset;
}

/* RFC 9110 section 13.1.2: weak comparison, so W/ in front does not matter. */
static bool tag_fits(Str if_none_match, Str etag) {
    Str rest = if_none_match;
    while (rest.at != NULL) {
        Str tag = str_trim(str_cut(&rest, ','));
        if (str_starts(tag, STR("W/"))) {
            tag = str_from(tag, 2);
        }
        if (str_equal(tag, etag) || str_equal(tag, STR("*"))) {
            return true;
        }
    }
    return false;
}

void http_respond_asset(HttpRequest *request, const HttpAsset *asset) {
    check(asset != NULL);
    http_header_add(request, "ETag", asset->etag);
    http_header_add(request, "Cache-Control", str_of(asset->cache_control));
    bool can_pack = asset->gzip.len > 0;
    if (can_pack) {
        http_header_add(request, "Vary", STR("Accept-Encoding"));
    }
    http_body_plain(request); /* packed already, or not worth it */
    Str if_none_match = http_header(request, "If-None-Match");
    if (if_none_match.len > 0 && tag_fits(if_none_match, asset->etag)) {
        http_status(request, 304);
    } else if (can_pack && http_takes_gzip(http_header(request, "Accept-Encoding"))) {
        http_header_add(request, "Content-Encoding", STR("gzip"));
        http_body(request, asset->type, asset->gzip);
    } else {
        http_body(request, asset->type, asset->bytes);
    }
    http_respond(request);
}

Str http_url_encode(Arena *arena, Str text) {
    static const char HEX[] = "0123456789ABCDEF";
    check(text.len < SIZE_MAX / 8);
    char *encoded = arena_alloc(arena, text.len * 3);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        bool is_alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (is_alnum || c == '-' || c == '.' || c == '_' || c == '~') {
            encoded[len++] = c;
            continue;
        }
        encoded[len++] = '%';
        encoded[len++] = HEX[(unsigned char)c >> 4];
        encoded[len++] = HEX[(unsigned char)c & 15];
    }
    return (Str){encoded, len};
}
