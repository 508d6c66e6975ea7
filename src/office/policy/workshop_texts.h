/* workshop_texts.h - changing single lines of a description. Private to office/policy. */
#ifndef HUANXIN_OFFICE_POLICY_WORKSHOP_TEXTS_H
#define HUANXIN_OFFICE_POLICY_WORKSHOP_TEXTS_H

#include "office/policy/workshop.h"

/* The text with the top-level line "key: value" in the place of the one of this key, or added at
 * its end; value is YAML. All other lines stay as they are. O(bytes). */
Str description_line_set(Arena *arena, Str text, Str key, Str value);

#endif
