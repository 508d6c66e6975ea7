/*
 * test.h - what every test includes: cmocka, after the four headers that it needs before it.
 */
#ifndef HUANXIN_TESTS_TEST_H
#define HUANXIN_TESTS_TEST_H

/* The order matters: cmocka.h does not compile without the others. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#endif
