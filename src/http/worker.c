/*
 * worker.c - the queue between loops and workers, and the way from a read request to its handler.
 */
#include "base/log.h"
#include "http/engine.h"

/* True when somebody must be woken: one at a time, and who wakes looks whether another is needed.
 * So a burst does not wake a worker for each request that two could have handled. */
static bool needs_waking(WorkerQueue *queue) {
    bool needs = queue->first != NULL && queue->idle_count > 0 && !queue->is_waking;
    queue->is_waking = queue->is_waking || needs;
    return needs;
}

static bool queue_push(HttpServer *server, Exchange *exchange, uint32_t room) {
    WorkerQueue *queue = &server->queue;
    check(pthread_mutex_lock(&queue->mutex) == 0);
    bool is_taken = !queue->is_closed && queue->waiting_count < room;
    if (is_taken) {
        exchange->next = NULL;
        if (queue->last == NULL) {
            queue->first = exchange;
        } else {
            queue->last->next = exchange;
        }
        queue->last = exchange;
        queue->waiting_count++;
    }
    bool wakes = needs_waking(queue);
    check(pthread_mutex_unlock(&queue->mutex) == 0);
    if (wakes) {
        check(pthread_cond_signal(&queue->has_work) == 0);
    }
    return is_taken;
}

bool http_queue_push(HttpServer *server, Exchange *exchange) {
    return queue_push(server, exchange, server->options.queue_max);
}

bool http_queue_push_again(HttpServer *server, Exchange *exchange) {
    return queue_push(server, exchange, UINT32_MAX);
}

/* Waits for the next exchange; NULL when the queue is closed and empty. */
static Exchange *queue_pop(WorkerQueue *queue) {
    check(pthread_mutex_lock(&queue->mutex) == 0);
    while (queue->first == NULL && !queue->is_closed) {
        queue->idle_count++;
        check(pthread_cond_wait(&queue->has_work, &queue->mutex) == 0);
        queue->idle_count--;
        queue->is_waking = false;
    }
    Exchange *exchange = queue->first;
    if (exchange != NULL) {
        queue->first = exchange->next;
        queue->last = queue->first == NULL ? NULL : queue->last;
        queue->waiting_count--;
        exchange->next = NULL;
    }
    bool wakes = needs_waking(queue);
    check(pthread_mutex_unlock(&queue->mutex) == 0);
    if (wakes) {
        check(pthread_cond_signal(&queue->has_work) == 0);
    }
    return exchange;
}

static void work(Exchange *exchange) {
    void (*resume)(HttpRequest *, void *) = exchange->resume;
    exchange->resume = NULL;
    if (resume == NULL) {
        http_handle(exchange);
    } else {
        resume(&exchange->request, exchange->server->options.context);
    }
}

void *http_worker_run(void *it) {
    HttpServer *server = it;
    for (;;) {
        Exchange *exchange = queue_pop(&server->queue);
        if (exchange == NULL) {
            return NULL;
        }
        work(exchange);
    }
}

/* Parses the body into fields when it is a form; 0 or the status that refuses it. */
static uint32_t parse_form(Exchange *exchange) {
    HttpRequest *request = &exchange->request;
    HttpFields fields = {NULL, 0, 0};
    uint32_t refused = 0;
    if (exchange->plan.is_body_raw || request->body.len == 0) {
        return 0;
    }
    if (str_equal(request->type, STR("application/x-www-form-urlencoded"))) {
        refused = http_parse_fields(request->arena, request->body, &fields);
    } else if (str_equal(request->type, STR("multipart/form-data"))) {
        Str type = http_header(request, "Content-Type");
        refused = http_parse_multipart(request->arena, type, request->body, &fields);
    }
    request->form = fields.items;
    request->form_count = fields.count;
    return refused;
}

void http_handle(Exchange *exchange) {
    HttpRequest *request = &exchange->request;
    uint32_t refused = parse_form(exchange);
    if (refused != 0) {
        http_respond_error(request, refused);
        return;
    }
    exchange->plan.handle(request, exchange->server->options.context);
}
