/*
 * verify_pages.c - anybody recomputes a draw from its published files on a page, as `huanxin draw
 * verify` does in the terminal. Nothing is kept, and nothing of the database is asked.
 */
#include "office/coupon/draw.h"
#include "office/coupon/release.h"
#include "web/form.h"

enum { VERIFY_FILE, VERIFY_PUBLISHED, VERIFY_FIELDS };

static const FormField verify_fields[VERIFY_FIELDS] = {
    {.name = "file",
     .label = "开签文件",
     .hint = "开签之后在那一期发放的页面“下载抽签文件”得到，不超过 4 MB",
     .kind = FIELD_FILES,
     .accept = ".txt"},
    {.name = "published",
     .label = "截止时公布的文件",
     .hint = "开签以前下载过的；一起核对规则和名单在开签以前就已定下",
     .kind = FIELD_FILES,
     .is_optional = true,
     .accept = ".txt"}};

static const Form *verify_form(Web *web) {
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "verify",
                   .action = STR("/draw/verify"),
                   .submit = "重新计算并核对",
                   .fields = verify_fields,
                   .field_count = VERIFY_FIELDS};
    return form;
}

Status draw_verify_page(Web *web) {
    view_title(web->view, STR("核验抽签结果"));
    view_lead(web->view,
              STR("上传公布的抽签文件，这里按公开的方法从头重算每一个名次，逐字节比较。文件不"
                  "保存。也可以在自己的电脑上用公开的方法重算，不用相信本系统。"));
    view_form(web->view, verify_form(web));
    view_link(web->view, STR("/release"), STR("资格券发放"), false);
    return STATUS_OK;
}

/* What is wrong, for people; the terminal names the line. */
static Status told(Web *web, const char *field, Str text) {
    fault_clear(web->cx);
    form_error(web, field, text,
               STR("请下载原文件再试；哪一行不符，用命令 huanxin draw verify 可以看到"));
    return fault(web->cx, STATUS_INVALID, "核验不符");
}

Status draw_verify_post(Web *web) {
    FormValue values[VERIFY_FIELDS];
    Draw draw;
    TRY(form_read(web, verify_form(web), values));
    if (values[VERIFY_FILE].file_count != 1) {
        return fault_at_field(web->cx, STATUS_INVALID, "file", "一次核验一个文件");
    }
    if (draw_read(web->cx, values[VERIFY_FILE].files[0]->value, &draw) != STATUS_OK) {
        return told(web, "file", STR("这不是抽签文件，或者文件不完整"));
    }
    if (values[VERIFY_PUBLISHED].is_given &&
        draw_extends(web->cx, &draw, values[VERIFY_PUBLISHED].files[0]->value) != STATUS_OK) {
        return told(web, "published", STR("与截止时公布的文件不一致：规则或名单被改动过"));
    }
    if (draw_verify(web->cx, &draw) != STATUS_OK) {
        return told(web, "file",
                    draw.is_drawn ? STR("重算的结果与文件不符：名次、名单或种子被改动过")
                                  : STR("这个文件还没有开签，没有名次可以核验"));
    }
    size_t quota = (size_t)draw.quota;
    size_t winner_count = draw.applicant_count < quota ? draw.applicant_count : quota;
    return web_redirect(
        web, STR("/draw/verify"),
        str_print(web->cx->arena,
                  "核验相符：“" STR_FMT
                  "”，登记 %zu 人，中签 %zu 人，候补 %zu 人，每一个名次都与重算的一样。",
                  STR_ARG(draw.name), draw.applicant_count, winner_count,
                  draw.applicant_count - winner_count));
}
