#include "base/words.h"

#include <string.h>

#include "base/buf.h"
#include "base/test.h"

static bool folds(const char *text, const char *wanted)
{
    struct arena *arena = arena_open();
    struct str words = { 0 };
    bool is_right = words_fold(arena, str_from(text), 10000, &words) == OK &&
                    str_equal(words, str_from(wanted));
    if (!is_right) printf("%s -> %.*s\n", text, STR_ARG(words));
    arena_close(arena);
    return is_right;
}

TEST(words_are_cut_folded_and_joined_by_single_spaces)
{
    CHECK(folds("", ""));
    CHECK(folds("  \n\t ...!? ", ""));
    CHECK(folds("Hello,  World! ", "hello world"));
    CHECK(folds("Case-sensitive? NO.", "case sensitive no"));
    CHECK(folds("write to me@example.com", "write to me example com"));
    CHECK(folds("a_b c.d 3.14 1,000", "a b c d 3 14 1 000"));
    CHECK(folds("don't don\xE2\x80\x99t", "dont dont"));
    CHECK(folds("'quoted' rock 'n' roll", "quoted rock n roll"));
    CHECK(folds("order #4711/B", "order 4711 b"));
}

TEST(words_lose_their_accents)
{
    CHECK(folds("Gr\xC3\xBC\xC3\x9F"
                "e Stra\xC3\x9F"
                "e",
                "grusse strasse"));
    CHECK(folds("caf\xC3\xA9 cafe\xCC\x81 CAF\xC3\x89", "cafe cafe cafe"));
    CHECK(folds("\xC4\xB0stanbul", "istanbul"));
    CHECK(folds("\xCE\xA3\xCE\xBF\xCF\x86\xCF\x8C\xCF\x82",
                "\xCF\x83\xCE\xBF\xCF\x86\xCE\xBF\xCF\x83"));
    CHECK(folds("\xD0\x81\xD0\xBB\xD0\xBA\xD0\xB0", "\xD0\xB5\xD0\xBB\xD0\xBA\xD0\xB0"));
    CHECK(folds("\xD7\xA9\xD6\xB8\xD7\x9C\xD7\x95\xD6\xB9\xD7\x9D",
                "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D"));
}

TEST(words_in_compatible_forms_are_the_same_word)
{
    CHECK(folds("\xEF\xAC\x81ne", "fine"));                      /* a ligature */
    CHECK(folds("\xEF\xBC\xA1\xEF\xBC\xA2\xEF\xBC\x91", "ab1")); /* full width */
    CHECK(folds("x\xC2\xB2", "x2"));                             /* superscript */
    CHECK(folds("soft\xC2\xADhyphen", "softhyphen"));
}

TEST(words_keep_the_marks_that_make_another_letter)
{
    CHECK(folds("\xE3\x81\x8C", "\xE3\x81\x8C")); /* ga is not ka */
    CHECK(folds("\xE0\xA4\xB9\xE0\xA4\xBF\xE0\xA4\xA8\xE0\xA5\x8D\xE0\xA4\xA6\xE0\xA5\x80",
                "\xE0\xA4\xB9\xE0\xA4\xBF\xE0\xA4\xA8\xE0\xA5\x8D\xE0\xA4\xA6\xE0\xA5\x80"));
    CHECK(folds("\xED\x95\x9C\xEA\xB5\xAD\xEC\x96\xB4", "\xED\x95\x9C\xEA\xB5\xAD\xEC\x96\xB4"));
}

TEST(words_of_languages_without_spaces_are_cut_too)
{
    /* "I like this product" in Chinese, "good evening" in Thai. */
    CHECK(folds(
        "\xE6\x88\x91\xE5\x96\x9C\xE6\xAC\xA2\xE8\xBF\x99\xE4\xB8\xAA\xE4\xBA\xA7\xE5\x93\x81",
        "\xE6\x88\x91 \xE5\x96\x9C\xE6\xAC\xA2 \xE8\xBF\x99\xE4\xB8\xAA \xE4\xBA\xA7\xE5\x93\x81"));
    struct arena *arena = arena_open();
    struct str words = { 0 };
    CHECK(words_fold(arena,
                     STR("\xE0\xB8\xAA\xE0\xB8\xA7\xE0\xB8\xB1\xE0\xB8\xAA\xE0\xB8\x94\xE0\xB8\xB5"
                         "\xE0\xB8\x95\xE0\xB8\xAD\xE0\xB8\x99\xE0\xB9\x80\xE0\xB8\xA2\xE0\xB9\x87"
                         "\xE0\xB8\x99"),
                     1000, &words) == OK);
    CHECK(memchr(words.data, ' ', words.size) != NULL);
    arena_close(arena);
}

TEST(words_longer_than_allowed_are_cut_at_a_word)
{
    struct arena *arena = arena_open();
    struct str words = { 0 };
    CHECK(words_fold(arena, STR("alpha beta gamma"), 10, &words) == OK);
    CHECK(str_equal(words, STR("alpha beta")));
    CHECK(words_fold(arena, STR("alpha beta gamma"), 9, &words) == OK);
    CHECK(str_equal(words, STR("alpha")));
    CHECK(words_fold(arena, STR("alpha beta gamma"), 15, &words) == OK);
    CHECK(str_equal(words, STR("alpha beta")));
    CHECK(words_fold(arena, STR("alpha beta gamma"), 16, &words) == OK);
    CHECK(str_equal(words, STR("alpha beta gamma")));
    CHECK(words_fold(arena, STR("alpha"), 4, &words) == OK);
    CHECK(words.size == 0);
    CHECK(words_fold(arena, STR("alpha"), 0, &words) == OK);
    CHECK(words.size == 0);
    arena_close(arena);
}

TEST(words_that_grow_much_when_folded_are_read_whole)
{
    struct arena *arena = arena_open();
    struct buf buf = buf_open(arena, 100000);
    for (int i = 0; i < 500; i++) { /* one character, 18 letters */
        buf_add(&buf, STR("\xEF\xB7\xBA "));
    }
    struct str words = { 0 };
    CHECK(words_fold(arena, buf_view(&buf), 100000, &words) == OK);
    CHECK(words.size > 500 * 18);
    arena_close(arena);
}

TEST(words_fold_refuses_what_is_no_utf8)
{
    struct arena *arena = arena_open();
    struct str words = { 0 };
    CHECK(words_fold(arena, STR("abc\xFF"), 100, &words) == ERR_INVALID);
    CHECK(words_fold(arena, (struct str){ "a\0b", 3 }, 100, &words) == ERR_INVALID);
    CHECK(words.data == NULL);
    arena_close(arena);
}

TEST(words_folded_twice_stay_the_same)
{
    static const char *const TEXTS[] = { "Gr\xC3\xBC\xC3\x9F, don't 3.14 \xC4\xB0stanbul",
                                         "\xE6\x88\x91\xE5\x96\x9C\xE6\xAC\xA2\xE8\xBF\x99",
                                         "\xEF\xAC\x81ne \xE3\x81\x8C\xE3\x81\x8E" };
    struct arena *arena = arena_open();
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++) {
        struct str once = { 0 };
        struct str twice = { 0 };
        CHECK(words_fold(arena, str_from(TEXTS[i]), 1000, &once) == OK);
        CHECK(words_fold(arena, once, 1000, &twice) == OK);
        CHECK(str_equal(once, twice));
    }
    arena_close(arena);
}
