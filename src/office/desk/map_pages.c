/*
 * map_pages.c - the records of a list as points on a map, with the same points as a table beside
 * it. The map needs no tile server: it draws the points, and the towns' names where their positions
 * are surveyed.
 */
#include "base/vec.h"
#include "office/desk/desk_internal.h"

#include <inttypes.h>

static bool has_point(const RecordValue *value) {
    return value->has_value && value->number != INT64_MIN;
}

static void micro_put(Buf *buf, int64_t micro) {
    int64_t size = micro < 0 ? -micro : micro;
    buf_print(buf, "%s%" PRId64 ".%06" PRId64, micro < 0 ? "-" : "", size / 1000000,
              size % 1000000);
}

static void point_put(const Desk *desk, const Record *record, Buf *json) {
    Arena *arena = desk->web->cx->arena;
    const RecordValue *place = &record->values[desk->kind->map];
    Str label = str_print(arena, STR_FMT " " STR_FMT, STR_ARG(record->number),
                          STR_ARG(desk_record_name(desk, record)));
    buf_put_c(json, json->len > 1 ? "," : "");
    buf_put_c(json, "{\"lat\":");
    micro_put(json, place->number);
    buf_put_c(json, ",\"lon\":");
    micro_put(json, place->number2);
    buf_put_c(json, ",\"label\":");
    buf_put(json, str_json(arena, label));
    buf_put_c(json, ",\"state\":");
    buf_put(json, str_json(arena, desk->kind->states[record->state].title));
    buf_put_c(json, ",\"href\":");
    buf_put(json, str_json(arena, desk_record_path(desk, record->id, "")));
    buf_put_c(json, "}");
}

static void map_write(const Desk *desk, const RecordPage *page) {
    Html *html = view_html(desk->web->view);
    size_t count = 0;
    if (html == NULL) {
        return;
    }
    Buf *json = buf_in(desk->web->cx->arena, LIMIT_PAGE_BYTES_MAX);
    buf_put_c(json, "[");
    for (size_t i = 0; i < page->count; i++) {
        if (has_point(&page->items[i].values[desk->kind->map])) {
            point_put(desk, &page->items[i], json);
            count++;
        }
    }
    buf_put_c(json, "]");
    view_map(desk->web->view);
    html_json(html, "map-points", buf_str(json));
    HTML(html, "div.leaf", "id", "map", "data-map", "map-points", "role", "application",
         "aria-label", "地图，同样的内容见下表", "hidden", true) {
    }
    HTML(html, "p") {
        html_print(html, "本页 %zu 条记录中，%zu 条有经纬度。", page->count, count);
    }
}

static const ViewColumn point_columns[] = {{"number", "编号", false}, {"name", "名称", false},
                                           {"town", "镇街", false},   {"lat", "纬度", true},
                                           {"lon", "经度", true},     {"state", "状态", false}};

static void point_row(const Desk *desk, const Record *record) {
    View *view = desk->web->view;
    Arena *arena = desk->web->cx->arena;
    const RecordField *field = &desk->kind->fields[desk->kind->map];
    const RecordValue *place = &record->values[desk->kind->map];
    bool is_known = has_point(place);
    view_row(view);
    view_cell(view, VIEW_LINK(desk_record_path(desk, record->id, ""), record->number));
    view_cell(view, VIEW_TEXT(desk_record_name(desk, record)));
    view_cell(view,
              place->has_value ? VIEW_TEXT(city_town_name(desk->city, place->text)) : VIEW_NONE);
    view_cell(view,
              is_known ? VIEW_TEXT(record_value_part(arena, field, place, "lat")) : VIEW_NONE);
    view_cell(view,
              is_known ? VIEW_TEXT(record_value_part(arena, field, place, "lon")) : VIEW_NONE);
    view_cell(view, desk_state_badge(record));
}

static Status map_show(const Desk *desk) {
    Web *web = desk->web;
    DeskList list;
    RecordPage page;
    bool is_hidden = desk->kind->map == SIZE_MAX ||
                     (desk->is_public && !desk->kind->fields[desk->kind->map].is_public);
    if (is_hidden) {
        return fault(web->cx, STATUS_NOT_FOUND, "这类台账没有地图");
    }
    desk_list_read(desk, desk_kind_path(desk, "/map"), &list);
    list.query.row_max = DESK_MAP_MAX;
    if (desk->is_public) {
        list.query.scope = RECORD_SCOPE_PUBLIC;
    }
    TRY(record_list(web->cx, web->conn, &desk->house, &list.query, &page));
    view_title(web->view, str_print(web->cx->arena, STR_FMT "：地图", STR_ARG(desk->kind->title)));
    view_lead(web->view,
              str_print(web->cx->arena, "最多显示 %d 条，筛选条件与列表相同。", DESK_MAP_MAX));
    view_section(web->view, STR_NONE);
    map_write(desk, &page);
    view_table_begin(web->view, "points", STR("地图上的记录"), point_columns, 6);
    for (size_t i = 0; i < page.count; i++) {
        point_row(desk, &page.items[i]);
    }
    view_table_end(web->view, STR("没有符合条件的记录"));
    view_link(web->view, desk_kind_path(desk, ""), STR("返回列表"), false);
    return STATUS_OK;
}

Status desk_map_page(Web *web) {
    Desk desk;
    TRY(desk_open(web, true, &desk));
    return map_show(&desk);
}

Status desk_public_map_page(Web *web) {
    Desk desk;
    TRY(desk_open_public(web, &desk));
    return map_show(&desk);
}
