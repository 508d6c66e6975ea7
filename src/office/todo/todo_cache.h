/* todo_cache.h - private to office/todo. */
#ifndef HUANXIN_OFFICE_TODO_TODO_CACHE_H
#define HUANXIN_OFFICE_TODO_TODO_CACHE_H

#include "office/todo/todo.h"

/* False when nothing is kept, or only something old. */
bool todo_cache_get(TodoCache *cache, int64_t person_id, int64_t now_ms, int64_t *count);
void todo_cache_put(TodoCache *cache, int64_t person_id, int64_t now_ms, int64_t count);

#endif
