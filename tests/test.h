/*
 * test.h - what every test includes: cmocka with the headers it wants first.
 */
#ifndef HUANXIN_TESTS_TEST_H
#define HUANXIN_TESTS_TEST_H

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#endif
