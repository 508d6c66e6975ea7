/*
 * check.h - assertions for programmer's mistakes. They are on in every build: a broken invariant
 * stops the worker, the supervisor starts a new one, and the journal stays whole.
 * Not for input from outside: that returns a Status.
 */
#ifndef HUANXIN_BASE_CHECK_H
#define HUANXIN_BASE_CHECK_H

#if defined(__GNUC__)
#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_index, first_index)                                                     \
    __attribute__((format(printf, format_index, first_index)))
#define UNUSED __attribute__((unused))
#endif

/* Crashes with the condition's text, file and line when cond is false. One condition each. */
#define check(cond) ((cond) ? (void)0 : check_failed(#cond, __FILE__, __LINE__))

/* Prints the failed condition to standard error and aborts. */
_Noreturn void check_failed(const char *condition, const char *file, int line);

#endif
