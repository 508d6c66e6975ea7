/*
 * routes.c - every page of the house in one table: method, path, who may, what it must prove, the
 * handler, the page that shows a form again, the body limit, and what it is for. The same row
 * serves the page and, under /api, its JSON. A row without roles does not pass the route test.
 */
#include "main/routes.h"

#include "base/limits.h"
#include "office/audit/audit.h"
#include "office/claim/claim.h"
#include "office/coupon/coupon.h"
#include "office/desk/desk.h"
#include "office/open/open.h"
#include "office/people/people.h"
#include "office/pickup/pickup.h"
#include "office/plan/plan.h"
#include "office/policy/policy.h"
#include "office/recycle/recycle.h"
#include "office/report/report.h"
#include "office/round/round.h"
#include "office/shop/shop.h"
#include "office/treasury/treasury.h"
#include "web/job.h"

enum {
    ANYONE = ROLES_ANYONE,
    SIGNED_IN = ROLES_SIGNED_IN,
    RESIDENT = ROLE_BIT(ROLE_RESIDENT),
    SHOP = ROLE_BIT(ROLE_SHOP),
    RECYCLER = ROLE_BIT(ROLE_RECYCLER),
    DRIVER = ROLE_BIT(ROLE_DRIVER),
    OFFICER = ROLE_BIT(ROLE_OFFICER),
    LEAD = ROLE_BIT(ROLE_LEAD),
    FINANCE = ROLE_BIT(ROLE_FINANCE),
    AUDITOR = ROLE_BIT(ROLE_AUDITOR),
    ADMIN = ROLE_BIT(ROLE_ADMIN),
    WORKSHOP = OFFICER | LEAD | AUDITOR,
};

#define GET(path, roles, handler, about)                                                           \
    { "GET", path, roles, WEB_READ, handler, NULL, 0, about }
/* A form sent by GET: with wrong answers it is shown again, with 400. */
#define ASK(path, roles, handler, about)                                                           \
    { "GET", path, roles, WEB_READ, handler, handler, 0, about }
#define POST(path, roles, handler, again, about)                                                   \
    { "POST", path, roles, WEB_TOKEN, handler, again, 0, about }

/* clang-format off: one row, one line. */
const WebRoute routes[] = {
    /* anyone */
    GET("/", ANYONE, open_home_page, "首页"),
    GET("/guide", ANYONE, open_guide_page, "办事指南"),
    GET("/meter", ANYONE, open_meter_page, "资金余量公开"),
    GET("/pages", ANYONE, open_pages_page, "全部页面"),
    GET("/display", ANYONE, open_display, "切换长辈版"),
    GET("/health", ANYONE, open_health, "运行检查"),
    ASK("/calculator", ANYONE, policy_calculator_page, "我能补多少"),
    GET("/policy", ANYONE, policy_list_page, "政策版本"),
    ASK("/policy-compare", ANYONE, policy_compare_page, "比较两个政策版本"),
    GET("/policy/{version:word}", ANYONE, policy_version_page, "一个政策版本"),
    GET("/dashboard", ANYONE, plan_dashboard_page, "目标与任务"),
    GET("/task/{id}", ANYONE, plan_task_page, "一项任务"),
    GET("/target/{id}", ANYONE, plan_target_page, "一个目标"),
    GET("/lights", ANYONE, plan_lights_page, "目标状态的评定办法"),
    GET("/claim/notice", ANYONE, claim_notice_page, "补贴公示（脱敏）"),
    GET("/certificate", ANYONE, recycle_certificate_list_page, "拆解证明（脱敏）"),
    GET("/certificate/{id}", ANYONE, recycle_certificate_page, "一份拆解证明"),
    GET("/sign-in", ANYONE, people_sign_in_page, "登录"),
    {"POST", "/sign-in", ANYONE, WEB_ORIGIN, people_sign_in_post, people_sign_in_page, 0, "登录"},

    /* anyone signed in */
    POST("/sign-out", SIGNED_IN, people_sign_out_post, NULL, "退出"),
    GET("/me", SIGNED_IN, people_me_page, "我的信息"),
    GET("/job", SIGNED_IN, job_list_page, "我的后台任务"),
    GET("/job/{id}", SIGNED_IN, job_page, "一项后台任务"),
    POST("/job/{id}/cancel", SIGNED_IN, job_cancel_post, job_page, "取消后台任务"),
    GET("/me/password", SIGNED_IN, people_password_page, "修改密码"),
    POST("/me/password", SIGNED_IN, people_password_post, people_password_page, "修改密码"),
    GET("/decision/{id}", RESIDENT | SHOP | OFFICER | LEAD | FINANCE | AUDITOR,
        policy_decision_page, "一个决定和它的依据"),

    /* resident */
    GET("/coupon", RESIDENT, coupon_list_page, "我的资格券"),
    GET("/coupon/claim", RESIDENT, coupon_claim_page, "领取资格券"),
    POST("/coupon/claim", RESIDENT, coupon_claim_post, coupon_claim_page, "领取资格券"),
    GET("/coupon/{id}", RESIDENT, coupon_page, "一张资格券"),
    POST("/coupon/{id}/withdraw", RESIDENT, coupon_withdraw_post, coupon_page, "退回资格券"),
    GET("/claim", RESIDENT, claim_list_page, "我的申请"),
    GET("/claim/new", RESIDENT, claim_new_page, "申请补贴"),
    POST("/claim/new", RESIDENT, claim_new_post, claim_new_page, "申请补贴"),
    GET("/claim/{id}", RESIDENT, claim_page, "一个申请和它的回执"),
    GET("/claim/{id}/step/{step}", RESIDENT, claim_step_page, "填写申请"),
    {"POST", "/claim/{id}/step/{step}", RESIDENT, WEB_TOKEN, claim_step_post, claim_step_page,
     CLAIM_UPLOADS_BYTES_MAX, "填写申请"},
    POST("/claim/{id}/submit", RESIDENT, claim_submit_post, claim_page, "提交申请"),
    POST("/claim/{id}/withdraw", RESIDENT, claim_withdraw_post, claim_page, "撤回申请"),
    GET("/claim/{id}/paper/{paper}", RESIDENT | OFFICER | FINANCE | AUDITOR, claim_paper_page,
        "一份申请材料"),
    GET("/claim/{id}/object", SIGNED_IN, claim_object_page, "对公示提出异议"),
    POST("/claim/{id}/object", SIGNED_IN, claim_object_post, claim_object_page, "对公示提出异议"),
    GET("/pickup", RESIDENT, pickup_list_page, "旧物回收"),
    GET("/pickup/new", RESIDENT, pickup_new_page, "预约上门回收"),
    POST("/pickup/new", RESIDENT, pickup_new_post, pickup_new_page, "预约上门回收"),
    GET("/pickup/{id}", RESIDENT, pickup_page, "一个回收预约"),
    POST("/pickup/{id}/cancel", RESIDENT, pickup_cancel_post, pickup_page, "取消预约"),

    /* shop */
    GET("/till", SHOP, shop_till_page, "核销"),
    {"POST", "/till", SHOP, WEB_TOKEN, shop_till_post, shop_till_page, LIMIT_UPLOAD_BYTES_MAX,
     "核销"},
    GET("/price", SHOP, shop_price_page, "备案价格"),
    POST("/price", SHOP, shop_price_post, shop_price_page, "备案价格"),
    GET("/shop/sales", SHOP, shop_sales_page, "销售记录"),
    GET("/shop/sale/{id}", SHOP | FINANCE | AUDITOR, shop_sale_page, "一笔销售"),
    POST("/shop/sale/{id}/return", SHOP, shop_return_post, shop_sale_page, "办理退货"),
    POST("/shop/sale/{id}/recover", FINANCE, shop_recover_post, shop_sale_page, "登记追回"),
    GET("/attachment/{id}", SHOP | FINANCE | AUDITOR, shop_attachment_page, "销售照片"),
    GET("/shop/money", SHOP, shop_money_page, "我的结算"),

    /* recycler and driver */
    GET("/round", DRIVER, pickup_round_page, "今日收运"),
    GET("/round/{id}", DRIVER, pickup_collect_page, "称重付款"),
    POST("/round/{id}", DRIVER, recycle_collect_post, pickup_collect_page, "称重付款"),
    GET("/recycle", RECYCLER, recycle_page, "回收台账"),
    GET("/recycle/{id}/certify", RECYCLER, recycle_certify_page, "登记拆解"),
    POST("/recycle/{id}/certify", RECYCLER, recycle_certify_post, recycle_certify_page, "登记拆解"),
    GET("/reverse-invoice", RECYCLER, recycle_invoice_page, "反向开票"),
    GET("/dispatch", RECYCLER, dispatch_page, "收运调度"),
    POST("/dispatch/plan", RECYCLER, dispatch_plan_post, dispatch_page, "排定路线"),
    POST("/dispatch/release", RECYCLER, dispatch_release_post, dispatch_page, "发布路线"),
    GET("/dispatch/stop/{id}", RECYCLER, dispatch_stop_page, "调整一个预约"),
    POST("/dispatch/stop/{id}/pin", RECYCLER, dispatch_pin_post, dispatch_stop_page,
         "固定车辆和顺序"),
    POST("/dispatch/stop/{id}/hold", RECYCLER, dispatch_hold_post, dispatch_stop_page, "移出计划"),
    POST("/dispatch/stop/{id}/free", RECYCLER, dispatch_free_post, dispatch_stop_page, "取消固定"),
    GET("/dispatch/vehicle/new", RECYCLER, dispatch_vehicle_new_page, "添加车辆"),
    POST("/dispatch/vehicle/new", RECYCLER, dispatch_vehicle_new_post, dispatch_vehicle_new_page,
         "添加车辆"),
    GET("/dispatch/vehicle/{id}", RECYCLER, dispatch_vehicle_page, "一辆车"),
    POST("/dispatch/vehicle/{id}", RECYCLER, dispatch_vehicle_post, dispatch_vehicle_page,
         "一辆车"),
    POST("/dispatch/vehicle/{id}/broken", RECYCLER, dispatch_broken_post, dispatch_page,
         "登记车辆故障"),
    POST("/dispatch/vehicle/{id}/repaired", RECYCLER, dispatch_repaired_post, dispatch_page,
         "登记车辆修复"),

    /* units and lead office */
    GET("/claim/queue", OFFICER | LEAD | AUDITOR, claim_queue_page, "申请复核"),
    GET("/claim/fifo", OFFICER | LEAD | AUDITOR, claim_fifo_page, "办理先后和超期"),
    GET("/claim/desk", OFFICER | LEAD | AUDITOR, claim_desk_page, "逐件办理申请"),
    POST("/claim/desk", OFFICER, claim_desk_post, claim_desk_page, "办理一件申请"),
    POST("/claim/{id}/objection", OFFICER, claim_objection_post, NULL, "处理公示异议"),
    GET("/claim/pause", LEAD, claim_pause_page, "暂停和恢复受理"),
    POST("/claim/pause", LEAD, claim_pause_post, claim_pause_page, "暂停受理"),
    POST("/claim/pause/{id}/end", LEAD, claim_pause_end_post, claim_pause_page, "恢复受理"),
    GET("/my-unit", OFFICER, plan_my_unit_page, "本单位任务"),
    POST("/target/{id}/baseline", OFFICER | LEAD, plan_target_baseline_post, plan_target_page,
         "填报基期值"),
    GET("/series", OFFICER | LEAD | FINANCE | AUDITOR, plan_series_list_page, "逐月数据"),
    GET("/series/{id}", OFFICER | LEAD | FINANCE | AUDITOR, plan_series_page, "一项逐月数据"),
    POST("/series/{id}/figure", OFFICER | LEAD, plan_series_figure_post, plan_series_page,
         "填报逐月数据"),
    GET("/figure", OFFICER | LEAD | AUDITOR, plan_figure_list_page, "填报审核"),
    GET("/figure/{id}", OFFICER | LEAD | AUDITOR, plan_figure_page, "一份填报"),
    POST("/figure/{id}/approve", OFFICER, plan_figure_approve_post, plan_figure_page, "审核填报"),
    POST("/figure/{id}/confirm", LEAD, plan_figure_confirm_post, plan_figure_page, "确认填报"),
    POST("/figure/{id}/refuse", OFFICER | LEAD, plan_figure_refuse_post, plan_figure_page,
         "退回填报"),
    GET("/unit-head", LEAD | ADMIN, plan_head_page, "单位负责人"),
    POST("/unit-head/{id}/set", LEAD | ADMIN, plan_head_set_post, NULL, "登记单位负责人"),
    POST("/unit-head/{id}/unset", LEAD | ADMIN, plan_head_unset_post, NULL, "取消单位负责人"),
    GET("/sites", LEAD, siting_page, "点位选址"),

    /* reports */
    GET("/monthly", ANYONE, report_list_page, "工作月报"),
    POST("/monthly/new", LEAD, report_new_post, report_list_page, "汇编月报"),
    GET("/monthly/{id}", ANYONE, report_page, "一份工作月报"),
    GET("/monthly/{id}/pdf", ANYONE, report_pdf, "月报的公文版式"),
    GET("/monthly/{id}/docx", ANYONE, report_docx, "月报的文字版"),
    GET("/monthly/{id}/xlsx", ANYONE, report_xlsx, "月报的数据表"),
    GET("/monthly/{id}/head", LEAD, report_head_page, "月报的标题和发送范围"),
    POST("/monthly/{id}/head", LEAD, report_head_post, report_head_page, "月报的标题和发送范围"),
    GET("/monthly/{id}/section/{part}", LEAD, report_section_page, "月报的一部分"),
    {"POST", "/monthly/{id}/section/{part}", LEAD, WEB_TOKEN, report_section_post,
     report_section_page, 0, "月报的一部分"},
    POST("/monthly/{id}/redraw/{revision}", LEAD, report_redraw_post, report_page, "月报重新取数"),
    POST("/monthly/{id}/submit/{revision}", LEAD, report_submit_post, report_page, "月报送签"),
    POST("/monthly/{id}/back/{revision}", LEAD, report_send_back_post, report_page, "月报退回"),
    GET("/monthly/{id}/issue", LEAD, report_issue_page, "月报编号签发"),
    POST("/monthly/{id}/issue", LEAD, report_issue_post, report_issue_page, "月报编号签发"),
    GET("/dashboard/file/{form:word}", ANYONE, report_dashboard_pdf, "打印总览"),
    GET("/my-unit/file/{form:word}", OFFICER, report_my_unit_pdf, "打印本单位任务单"),
    GET("/unit/file/{form:word}", LEAD, report_units_pdf, "打印各单位任务单"),

    /* policy and workshop, by units and the lead office */
    POST("/policy/{version:word}/sign/{item}", LEAD, policy_sign_post, policy_version_page,
         "登记签认"),

    /* the workshop: drafts of policy versions */
    GET("/workshop", WORKSHOP, workshop_list_page, "政策工作台"),
    GET("/workshop/new", OFFICER | LEAD, workshop_new_page, "起草新版本"),
    POST("/workshop/new", OFFICER | LEAD, workshop_new_post, workshop_new_page, "起草新版本"),
    GET("/workshop/{id}", WORKSHOP, workshop_page, "一份草稿"),
    GET("/workshop/{id}/facts", WORKSHOP, workshop_facts_page, "草稿的说明"),
    POST("/workshop/{id}/facts", OFFICER | LEAD, workshop_facts_post, workshop_facts_page,
         "草稿的说明"),
    GET("/workshop/{id}/cases", WORKSHOP, workshop_cases_page, "草稿的界限用例"),
    POST("/workshop/{id}/cases", OFFICER | LEAD, workshop_cases_post, workshop_cases_page,
         "草稿的界限用例"),
    GET("/workshop/{id}/model", WORKSHOP, workshop_model_page, "草稿的模型"),
    {"POST", "/workshop/{id}/model", OFFICER | LEAD, WEB_TOKEN, workshop_model_post,
     workshop_model_page, LIMIT_UPLOAD_BYTES_MAX, "草稿的模型"},
    GET("/workshop/{id}/model/file", WORKSHOP, workshop_model_file, "草稿的模型文件"),
    GET("/workshop/{id}/analyse", WORKSHOP, workshop_analyse_page, "分析草稿"),
    POST("/workshop/{id}/analyse", OFFICER | LEAD, workshop_analyse_post, workshop_analyse_page,
         "分析草稿"),
    POST("/workshop/{id}/monotone", OFFICER | LEAD, workshop_monotone_post, workshop_analyse_page,
         "金额升降的要求"),
    ASK("/workshop/{id}/try", WORKSHOP, workshop_try_page, "试一例"),
    ASK("/workshop/{id}/compare", WORKSHOP, workshop_compare_page, "与一个版本比较"),
    GET("/workshop/{id}/simulate", WORKSHOP, workshop_simulate_page, "试算草稿"),
    POST("/workshop/{id}/simulate", OFFICER | LEAD, workshop_simulate_post, workshop_simulate_page,
         "试算草稿"),
    GET("/workshop/{id}/simulate/file", WORKSHOP, workshop_simulate_file, "试算结果文件"),
    GET("/workshop/{id}/check", WORKSHOP, workshop_check_page, "发布前检查"),
    POST("/workshop/{id}/state", OFFICER | LEAD, workshop_state_post, workshop_check_page,
         "提交、退回、发布"),
    GET("/workshop/{id}/table/{table}", WORKSHOP, grid_page, "草稿的表格"),
    POST("/workshop/{id}/table/{table}", OFFICER | LEAD, grid_post, grid_page, "草稿的表格"),
    POST("/workshop/{id}/table/{table}/cell", OFFICER | LEAD, grid_cell_post, grid_page, "改一格"),
    {"POST", "/workshop/{id}/table/{table}/paste", OFFICER | LEAD, WEB_TOKEN, grid_paste_post,
     grid_page, LIMIT_UPLOAD_BYTES_MAX, "粘贴一块"},
    POST("/workshop/{id}/table/{table}/row", OFFICER | LEAD, grid_append_post, grid_page, "加一行"),
    GET("/workshop/{id}/table/{table}/row/{row}", WORKSHOP, grid_row_page, "草稿的一行"),
    POST("/workshop/{id}/table/{table}/row/{row}", OFFICER | LEAD, grid_row_post, grid_row_page,
         "草稿的一行"),
    POST("/workshop/{id}/table/{table}/row/{row}/act", OFFICER | LEAD, grid_row_act_post,
         grid_row_page, "移动、插入、删除一行"),
    GET("/workshop/{id}/table/{table}/file", WORKSHOP, grid_file, "导出表格"),
    {"POST", "/workshop/{id}/table/{table}/import", OFFICER | LEAD, WEB_TOKEN, grid_import_post,
     grid_page, LIMIT_UPLOAD_BYTES_MAX, "导入表格"},
    /* declared kinds of record: who may do what with which is asked of the kind */
    GET("/record", SIGNED_IN, desk_index_page, "台账"),
    GET("/record/due", OFFICER | LEAD, desk_due_page, "待办"),
    ASK("/record/{kind:word}", SIGNED_IN, desk_list_page, "一类台账"),
    GET("/record/{kind:word}/new", SIGNED_IN, desk_new_page, "填报"),
    {"POST", "/record/{kind:word}/new", SIGNED_IN, WEB_TOKEN, desk_new_post, desk_new_page,
     LIMIT_RECORD_FORM_BYTES_MAX, "填报"},
    POST("/record/{kind:word}/draft/{id}/drop", SIGNED_IN, desk_draft_drop_post, NULL, "删除草稿"),
    POST("/record/{kind:word}/view", SIGNED_IN, desk_view_post, desk_list_page, "保存视图"),
    POST("/record/{kind:word}/view/{id}/drop", SIGNED_IN, desk_view_drop_post, NULL, "删除视图"),
    GET("/record/{kind:word}/export", SIGNED_IN, desk_export, "导出台账"),
    GET("/record/{kind:word}/export/{id}", SIGNED_IN, desk_export_file, "下载导出的文件"),
    GET("/record/{kind:word}/template", SIGNED_IN, desk_template, "导入用的空表"),
    GET("/record/{kind:word}/import", SIGNED_IN, desk_import_page, "导入台账"),
    {"POST", "/record/{kind:word}/import", SIGNED_IN, WEB_TOKEN, desk_import_post, desk_import_page,
     LIMIT_TABLE_BYTES_MAX, "导入台账"},
    POST("/record/{kind:word}/import/{id}/commit", SIGNED_IN, desk_import_commit_post, NULL,
         "导入检查过的表格"),
    GET("/record/{kind:word}/import/{id}/errors", SIGNED_IN, desk_import_errors, "下载错误表"),
    GET("/record/{kind:word}/map", SIGNED_IN, desk_map_page, "台账地图"),
    GET("/record/{kind:word}/{id}", SIGNED_IN, desk_record_page, "一条记录"),
    GET("/record/{kind:word}/{id}/print", SIGNED_IN, desk_print_page, "打印一条记录"),
    GET("/record/{kind:word}/{id}/edit", SIGNED_IN, desk_edit_page, "修改记录"),
    {"POST", "/record/{kind:word}/{id}/edit", SIGNED_IN, WEB_TOKEN, desk_edit_post, desk_edit_page,
     LIMIT_RECORD_FORM_BYTES_MAX, "修改记录"},
    GET("/record/{kind:word}/{id}/act/{act:word}", SIGNED_IN, desk_act_page, "办理一条记录"),
    {"POST", "/record/{kind:word}/{id}/act/{act:word}", SIGNED_IN, WEB_TOKEN, desk_act_post,
     desk_act_page, LIMIT_RECORD_FORM_BYTES_MAX, "办理一条记录"},
    GET("/record/{kind:word}/{id}/file/{field:word}/{number}", SIGNED_IN, desk_file, "记录的附件"),
    GET("/record/{kind:word}/{id}/reveal/{field:word}", SIGNED_IN, desk_reveal_page,
        "查看个人信息"),
    POST("/record/{kind:word}/{id}/reveal/{field:word}", SIGNED_IN, desk_reveal_post,
         desk_reveal_page, "查看个人信息"),
    GET("/public", ANYONE, desk_public_index_page, "公开台账"),
    ASK("/public/{kind:word}", ANYONE, desk_public_list_page, "一类公开台账"),
    GET("/public/{kind:word}/map", ANYONE, desk_public_map_page, "公开台账地图"),
    GET("/public/{kind:word}/export", ANYONE, desk_public_export, "导出公开台账"),
    GET("/public/{kind:word}/{id}", ANYONE, desk_public_record_page, "一条公开记录"),

    /* finance */
    GET("/fund", FINANCE | LEAD | AUDITOR, treasury_fund_list_page, "资金总览"),
    GET("/fund/{id}", FINANCE | LEAD | AUDITOR, treasury_fund_page, "一个资金节点"),
    POST("/fund/{id}/top-up", FINANCE, treasury_top_up_post, treasury_fund_page, "下达资金"),
    POST("/fund/{id}/freeze", FINANCE, treasury_freeze_post, treasury_fund_page, "冻结"),
    POST("/fund/{id}/unfreeze", FINANCE, treasury_unfreeze_post, treasury_fund_page, "解除冻结"),
    GET("/hold/{id}", FINANCE | LEAD | AUDITOR, treasury_hold_page, "一个资金事项"),
    GET("/settlement", FINANCE | AUDITOR, shop_settlement_list_page, "结算"),
    POST("/settlement/make/{id}", FINANCE, shop_settlement_post, NULL, "生成结算批次"),
    GET("/settlement/{id}", FINANCE | AUDITOR | SHOP, shop_settlement_page, "一个结算批次"),
    GET("/settlement/{id}/file", FINANCE | AUDITOR | SHOP, shop_settlement_file, "结算明细文件"),
    POST("/settlement/{id}/paid", FINANCE, shop_settlement_paid_post, shop_settlement_page,
         "登记已支付"),

    GET("/claim/batch", OFFICER | FINANCE | AUDITOR, claim_batch_list_page, "申请补贴拨付"),
    POST("/claim/batch", OFFICER, claim_batch_post, claim_batch_list_page, "报送拨付清单"),
    GET("/claim/batch/{id}", OFFICER | FINANCE | AUDITOR, claim_batch_page, "一个拨付清单"),
    POST("/claim/batch/{id}/file", FINANCE, claim_batch_file_post, claim_batch_page,
         "下载支付文件（留痕）"),
    POST("/claim/batch/{id}/paid", FINANCE, claim_batch_paid_post, claim_batch_page, "登记已支付"),
    GET("/claim/{id}/recover", FINANCE | AUDITOR, claim_recover_page, "追回一笔补贴"),
    POST("/claim/{id}/recover", FINANCE, claim_recover_post, claim_recover_page, "追回一笔补贴"),

    /* audit and administration */
    GET("/journal", AUDITOR | ADMIN, audit_journal_page, "操作日志"),
    GET("/journal/{id}", AUDITOR | ADMIN, audit_entry_page, "一条日志"),
    GET("/journal/verify", AUDITOR | ADMIN, audit_verify_page, "验证日志和资金账"),
    POST("/journal/verify", AUDITOR | ADMIN, audit_verify_post, audit_verify_page,
         "验证日志和资金账"),
    GET("/org", ADMIN | LEAD, people_org_list_page, "企业和商户"),
    GET("/org/{id}", ADMIN | LEAD, people_org_page, "一家企业或商户"),
    POST("/org/{id}/suspend", ADMIN | LEAD, people_org_suspend_post, people_org_page, "暂停参加"),
    POST("/org/{id}/resume", ADMIN | LEAD, people_org_resume_post, people_org_page, "恢复参加"),
    GET("/account", ADMIN, people_accounts_page, "账号"),
    GET("/account/new", ADMIN, people_account_new_page, "新建账号"),
    POST("/account/new", ADMIN, people_account_new_post, people_account_new_page, "新建账号"),
};
/* clang-format on */

const size_t route_count = sizeof routes / sizeof routes[0];
