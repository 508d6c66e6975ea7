/*
 * test.h - what every test includes: cmocka, after the four headers that it needs before it.
 */
#ifndef HUANXIN_TESTS_TEST_H
#define HUANXIN_TESTS_TEST_H

/* clang-format off: cmocka.h does not compile before these. */
#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* clang-format on */

#endif
