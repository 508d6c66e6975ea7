/*
 * token.h - text to tokens, one at a time, because what a name is depends on the names in scope.
 * Private to src/feel.
 */
#ifndef HUANXIN_FEEL_TOKEN_H
#define HUANXIN_FEEL_TOKEN_H

#include "feel/message.h"

/* X(token, text for messages) in the order of the parser's table. */
#define FEEL_TOKEN_LIST(X)                                                                         \
    X(END, "end of text")                                                                          \
    X(BAD, "bad character")                                                                        \
    X(NUMBER, "number")                                                                            \
    X(STRING, "text")                                                                              \
    X(NAME, "name")                                                                                \
    X(AT, "@")                                                                                     \
    X(INPUT, "?")                                                                                  \
    X(PLUS, "+")                                                                                   \
    X(MINUS, "-")                                                                                  \
    X(STAR, "*")                                                                                   \
    X(SLASH, "/")                                                                                  \
    X(POWER, "**")                                                                                 \
    X(EQUAL, "=")                                                                                  \
    X(NOT_EQUAL, "!=")                                                                             \
    X(LESS, "<")                                                                                   \
    X(LESS_EQUAL, "<=")                                                                            \
    X(GREATER, ">")                                                                                \
    X(GREATER_EQUAL, ">=")                                                                         \
    X(PAREN_OPEN, "(")                                                                             \
    X(PAREN_CLOSE, ")")                                                                            \
    X(BRACKET_OPEN, "[")                                                                           \
    X(BRACKET_CLOSE, "]")                                                                          \
    X(BRACE_OPEN, "{")                                                                             \
    X(BRACE_CLOSE, "}")                                                                            \
    X(COMMA, ",")                                                                                  \
    X(COLON, ":")                                                                                  \
    X(DOT, ".")                                                                                    \
    X(DOTS, "..")                                                                                  \
    X(AND, "and")                                                                                  \
    X(OR, "or")                                                                                    \
    X(BETWEEN, "between")                                                                          \
    X(IN, "in")                                                                                    \
    X(INSTANCE, "instance")                                                                        \
    X(IF, "if")                                                                                    \
    X(THEN, "then")                                                                                \
    X(ELSE, "else")                                                                                \
    X(FOR, "for")                                                                                  \
    X(RETURN, "return")                                                                            \
    X(SOME, "some")                                                                                \
    X(EVERY, "every")                                                                              \
    X(SATISFIES, "satisfies")                                                                      \
    X(FUNCTION, "function")                                                                        \
    X(NULL, "null")                                                                                \
    X(TRUE, "true")                                                                                \
    X(FALSE, "false")

typedef enum FeelTokenKind {
#define X(token, text) TOKEN_##token,
    FEEL_TOKEN_LIST(X)
#undef X
        TOKEN_COUNT
} FeelTokenKind;

typedef struct FeelToken {
    FeelTokenKind kind;
    size_t offset;
    size_t len;
    FeelMessage message; /* of a BAD token: what is wrong */
    Str text[2];         /* of a BAD token: for the message */
} FeelToken;

/* Reads the token at or after byte index at; comments and white space are skipped. A BAD token
 * tells the message. O(token). */
FeelToken feel_token_at(Str source, size_t at);
/* The name of a token for messages. */
Str feel_token_text(FeelTokenKind kind);
/* The value of a STRING token, quotes included in token. Escapes are resolved: \n \r \t \" \' \\
 * \u0041 (surrogate pairs too) and \U01F40E; a backslash before anything else stands for itself, so
 * that "\s+" is the pattern it looks like. Source: DMN 1.5, grammar rules 34 and 64. */
Str feel_token_string(Arena *arena, Str token);

bool feel_is_space(uint32_t rune);
bool feel_is_name_start(uint32_t rune);
bool feel_is_name_part(uint32_t rune);
/* Marks that may stand inside a name between its parts: . / - ' + * */
bool feel_is_name_mark(uint32_t rune);
/* Byte index after the run of name characters at at; at itself when none stands there. */
size_t feel_word_end(Str source, size_t at);
/* What to type in place of a full-width or typographic mark; empty for other characters. These
 * marks are never part of a name here (the standard's ranges would allow some of them), unless a
 * known name holds them: they are what a Chinese keyboard gives for punctuation. */
Str feel_full_width_mark(uint32_t rune);

#endif
