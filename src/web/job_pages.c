/* job_pages.c - a person's long work: the list, one job with its progress or result, cancelling. */
#include "web/job.h"

#include <inttypes.h>

static Str path_of(Web *web, int64_t id) {
    return str_print(web->cx->arena, "/job/%" PRId64, id);
}

Status web_job_start(Web *web, Job *job) {
    int64_t id = 0;
    TRY(jobs_start(web->cx, web->app->jobs, job, &id));
    return web_redirect(web, path_of(web, id), STR_NONE);
}

static ViewTone tone_of(JobState state) {
    switch (state) {
    case JOB_WAITING:
    case JOB_CANCELLED:
        return VIEW_NEUTRAL;
    case JOB_RUNNING:
        return VIEW_INFO;
    case JOB_DONE:
        return VIEW_GOOD;
    case JOB_FAILED:
        return VIEW_BAD;
    }
    check(false);
    return VIEW_NEUTRAL;
}

static ViewValue state_badge(const JobView *job) {
    return VIEW_BADGE(tone_of(job->state), job_state_code(job->state), job_state_zh(job->state));
}

Status job_list_page(Web *web) {
    static const ViewColumn columns[] = {{"title", "任务", false},
                                         {"state", "状态", false},
                                         {"created_ms", "提交", false},
                                         {"ended_ms", "结束", false}};
    JobView *jobs = NULL;
    size_t count = 0;
    TRY(jobs_of(web->cx, web->app->jobs, web->user->id, &jobs, &count));
    View *view = web->view;
    view_title(view, STR("我的后台任务"));
    view_lead(view, STR("时间较长的工作在后台进行，可以离开页面，回来再看结果。系统重新启动后"
                        "不再保留。"));
    view_section(view, STR_NONE);
    view_table_begin(view, "jobs", STR("我的后台任务"), columns, 4);
    for (size_t i = 0; i < count; i++) {
        view_row(view);
        view_cell(view, VIEW_LINK(path_of(web, jobs[i].id), jobs[i].title));
        view_cell(view, state_badge(&jobs[i]));
        view_cell(view, VIEW_INSTANT(jobs[i].created_ms));
        view_cell(view,
                  jobs[i].ended_ms > 0 ? VIEW_INSTANT(jobs[i].ended_ms) : VIEW_TEXT(STR("—")));
    }
    view_table_end(view, STR("没有后台任务"));
    return STATUS_OK;
}

/* The words beside the bar; the script says the same from the JSON. */
static Str progress_words(Web *web, const JobView *job) {
    const char *stage = job->stage != NULL          ? job->stage
                        : job->state == JOB_WAITING ? "排队中"
                                                    : "正在进行";
    return job->total > 0 ? str_print(web->cx->arena, "%s：%" PRId64 " / %" PRId64, stage,
                                      job->done, job->total)
                          : str_of(stage);
}

static void progress_write(Web *web, const JobView *job) {
    Html *html = view_html(web->view);
    if (html == NULL) {
        return;
    }
    HTML(html, "div.meter", "data-job", str_print(web->cx->arena, "/api/job/%" PRId64, job->id),
         "role", "status") {
        HTML_LEAF(html, "span", progress_words(web, job));
        /* Without a value the bar only says that something is going on. */
        if (job->total > 0) {
            HTML(html, "progress", "max", job->total, "value", job->done, "aria-label",
                 job->title) {
            }
        } else {
            HTML(html, "progress", "aria-label", job->title) {
            }
        }
    }
    HTML_LEAF(html, "a.button.plain", "刷新进度", "href", path_of(web, job->id));
}

static void facts_write(Web *web, const JobView *job) {
    View *view = web->view;
    view_facts_begin(view, "job", false);
    view_fact(view, "state", "状态", state_badge(job));
    view_fact(view, "created_ms", "提交", VIEW_INSTANT(job->created_ms));
    if (view_html(view) == NULL) {
        view_fact(view, "done", "已办", VIEW_INT(job->done));
        view_fact(view, "total", "共", VIEW_INT(job->total));
        view_fact(view, "words", "进度", VIEW_TEXT(progress_words(web, job)));
    }
    if (job->ended_ms > 0 && job->started_ms > 0) {
        view_fact(view, "took_ms", "用时（毫秒）", VIEW_INT(job->ended_ms - job->started_ms));
    }
    view_facts_end(view);
}

static void links_write(Web *web, const JobView *job) {
    if (job->back.len > 0) {
        view_link(web->view, job->back, STR("返回"), false);
    }
    view_link(web->view, STR("/job"), STR("我的后台任务"), false);
}

static void running_write(Web *web, const JobView *job) {
    View *view = web->view;
    view_section(view, STR("进度"));
    progress_write(web, job);
    facts_write(web, job);
    view_action(view, str_print(web->cx->arena, "/job/%" PRId64 "/cancel", job->id), STR("取消"),
                "确认取消？已完成的部分不保留。");
    links_write(web, job);
}

Status job_page(Web *web) {
    Job *job = NULL;
    TRY(job_find(web->cx, web->app->jobs, web->ids[0], web->user->id, &job));
    JobView now = job_view(job);
    View *view = web->view;
    view_title(view, now.title);
    if (now.state == JOB_WAITING || now.state == JOB_RUNNING) {
        running_write(web, &now);
        return STATUS_OK;
    }
    if (now.state == JOB_DONE && now.next.len > 0 && !web->is_json) {
        return web_redirect(web, now.next, STR_NONE);
    }
    view_section(view, STR("办理情况"));
    facts_write(web, &now);
    if (now.state == JOB_FAILED) {
        view_notice(view, VIEW_BAD, now.fault);
    }
    if (now.state == JOB_DONE && now.kind->show != NULL) {
        TRY(now.kind->show(web, job));
    }
    links_write(web, &now);
    return STATUS_OK;
}

Status job_cancel_post(Web *web) {
    Job *job = NULL;
    TRY(job_find(web->cx, web->app->jobs, web->ids[0], web->user->id, &job));
    job_cancel(web->app->jobs, job);
    return web_redirect(web, path_of(web, web->ids[0]), STR("已要求停止"));
}
