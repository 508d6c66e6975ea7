/*
 * equipment_pages.c - an enterprise ticks the kinds of equipment that it has or will buy, and sees
 * which programmes may fit on a day, why, and whether they pay. It is a list of doors, no promise:
 * each programme's own calculator asks the rest.
 */
#include "office/policy/library.h"
#include "web/form.h"

enum { EQUIPMENT_DAY, EQUIPMENT_KINDS, EQUIPMENT_FIELDS };

static const City *city_of(const Web *web) {
    return web->app->house;
}

static const Form *equipment_form(Web *web) {
    const PolicyLibrary *library = city_of(web)->policies;
    FormField *fields = arena_array(web->cx->arena, FormField, EQUIPMENT_FIELDS);
    FormChoice *choices = arena_array(web->cx->arena, FormChoice, library->equipment_count + 1);
    for (size_t i = 0; i < library->equipment_count; i++) {
        choices[i] = (FormChoice){str_c(web->cx->arena, library->equipment[i].code),
                                  str_c(web->cx->arena, library->equipment[i].label)};
    }
    fields[EQUIPMENT_DAY] = (FormField){.name = "day",
                                        .label = "哪一天购置、报废或办理",
                                        .kind = FIELD_DAY,
                                        .value = day_print(web->cx->arena, web_today(web))};
    fields[EQUIPMENT_KINDS] = (FormField){.name = "kind",
                                          .label = "有哪些设备（可选多项）",
                                          .kind = FIELD_CHOICES,
                                          .choices = choices,
                                          .choice_count = library->equipment_count};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "equipment",
                   .action = STR("/calculator/equipment"),
                   .submit = "看看适用哪些政策",
                   .fields = fields,
                   .field_count = EQUIPMENT_FIELDS,
                   .is_get = true};
    return form;
}

static Status fit_row(Web *web, const PolicyEquipment *kind, const PolicyFit *fit, Day day) {
    const PolicyLibrary *library = city_of(web)->policies;
    const PolicyProgramme *programme = policy_programme_find(library, fit->programme);
    const PolicyVersion *version = NULL;
    ViewValue state;
    Cx quiet;
    cx_init(&quiet, web->cx->arena);
    if (policy_version_on(&quiet, library, fit->programme, day, &version) != STATUS_OK) {
        return STATUS_OK; /* nothing in force on this day */
    }
    TRY(policy_version_state(web, version, &state));
    View *view = web->view;
    Arena *arena = web->cx->arena;
    view_row(view);
    view_cell(view, VIEW_TEXT(kind->label));
    view_cell(view, VIEW_LINK(str_print(arena, "/calculator?programme=" STR_FMT,
                                        STR_ARG(programme->code)),
                              programme->label));
    view_cell(view, VIEW_TEXT(fit->why));
    view_cell(view, state);
    view_cell(view, VIEW_LINK(policy_version_path(arena, version), version->title));
    view_cell(view, VIEW_TEXT(version->papers.len > 0 ? version->papers : STR("未设置")));
    return STATUS_OK;
}

static const PolicyEquipment *kind_find(const PolicyLibrary *library, Str code) {
    for (size_t i = 0; i < library->equipment_count; i++) {
        if (str_equal(library->equipment[i].code, code)) {
            return &library->equipment[i];
        }
    }
    check(false); /* the form has checked it */
    return NULL;
}

static Status fits_view(Web *web, const FormValue *values) {
    static const ViewColumn columns[] = {{"kind", "设备", false},    {"programme", "项目", false},
                                         {"why", "为什么", false},   {"state", "状态", false},
                                         {"version", "依据", false}, {"papers", "材料", false}};
    const PolicyLibrary *library = city_of(web)->policies;
    Day day = {(int32_t)values[EQUIPMENT_DAY].number};
    view_section(web->view, STR("可能适用的政策"));
    view_text(web->view, STR("这里只说可能适用；点项目逐项回答，才知道符不符合、能补多少。"));
    view_table_begin(web->view, "fits", STR("可能适用的政策"), columns, 6);
    for (size_t k = 0; k < values[EQUIPMENT_KINDS].text_count; k++) {
        for (size_t i = 0; i < library->equipment_count; i++) {
            const PolicyEquipment *kind = &library->equipment[i];
            bool is_asked = str_equal(kind->code, values[EQUIPMENT_KINDS].texts[k]);
            for (size_t f = 0; is_asked && f < kind->fit_count; f++) {
                TRY(fit_row(web, kind, &kind->fits[f], day));
            }
        }
    }
    view_table_end(web->view, STR("这一天没有执行中的政策"));
    for (size_t k = 0; k < values[EQUIPMENT_KINDS].text_count; k++) {
        const PolicyEquipment *kind = kind_find(library, values[EQUIPMENT_KINDS].texts[k]);
        view_link(web->view,
                  str_print(web->cx->arena, "/calculator/list?kind=" STR_FMT "&day=" STR_FMT,
                            STR_ARG(kind->code), STR_ARG(day_print(web->cx->arena, day))),
                  str_print(web->cx->arena, "逐台计算：" STR_FMT "（填清单或上传表格）",
                            STR_ARG(kind->label)),
                  k == 0);
    }
    return STATUS_OK;
}

Status policy_equipment_page(Web *web) {
    const Form *form = equipment_form(web);
    FormValue values[EQUIPMENT_FIELDS];
    bool is_asked = http_query(web->http, "day").at != NULL && web->error_count == 0;
    if (is_asked) {
        TRY(form_read(web, form, values));
    }
    view_title(web->view, STR("设备清单：适用哪些政策"));
    view_lead(web->view, STR("企业和单位选出自己的设备，看这一天有哪些政策可能适用。不用登录。"));
    if (is_asked) {
        TRY(fits_view(web, values));
    }
    view_section(web->view, STR("设备"));
    view_form(web->view, form);
    view_link(web->view, STR("/calculator"), STR("我能补多少"), false);
    return STATUS_OK;
}
