#include "customer/identity.h"

#include "base/test.h"

static bool becomes(enum identity_kind kind, const char *text, const char *expected)
{
    struct arena *arena = arena_open();
    struct str out = { 0 };
    enum err err = identity_normalise(arena, kind, str_from(text), &out);
    bool is_so = expected ? err == OK && str_equal(out, str_from(expected)) : err == ERR_INVALID;
    if (expected && is_so) {
        struct str again = { 0 };
        is_so = identity_normalise(arena, kind, out, &again) == OK && str_equal(out, again);
    }
    arena_close(arena);
    return is_so;
}

TEST(an_email_address_is_found_in_whatever_case_it_is_written)
{
    CHECK(becomes(IDENTITY_EMAIL, " Ana@Example.ORG ", "ana@example.org"));
    CHECK(becomes(IDENTITY_EMAIL, "a.b+news@mail.example.org", "a.b+news@mail.example.org"));
    CHECK(becomes(IDENTITY_EMAIL,
                  "ana@b\xc3\xbc"
                  "cher.example",
                  "ana@b\xc3\xbc"
                  "cher.example"));
}

TEST(what_is_no_email_address_is_refused)
{
    static const char *const WRONG[] = { "",           "ana",           "@example.org",
                                         "ana@",       "ana@.org",      "ana@example..org",
                                         "a b@c.org",  "Ana <a@b.org>", "a@b@c.org",
                                         "ana@b.org.", "ana@b\x01.org", "ana@-b,org",
                                         NULL };
    for (size_t i = 0; WRONG[i]; i++) CHECK(becomes(IDENTITY_EMAIL, WRONG[i], NULL));
}

TEST(a_phone_number_keeps_its_digits_only)
{
    CHECK(becomes(IDENTITY_PHONE, "+49 (0)30 / 901-820", "+4930901820"));
    CHECK(becomes(IDENTITY_PHONE, "0049 30 901820", "+4930901820"));
    CHECK(becomes(IDENTITY_PHONE, "tel:+1-202-555-0143", "+12025550143"));
    CHECK(becomes(IDENTITY_PHONE, "(030) 901820", "030901820"));
    CHECK(becomes(IDENTITY_PHONE, "110", "110"));
}

TEST(what_is_no_phone_number_is_refused)
{
    static const char *const WRONG[] = { "12",
                                         "+",
                                         "+49 30 90 ext 5",
                                         "call me",
                                         "+0 30 90182",
                                         "1234567890123456",
                                         "000 1234567",
                                         "++4930901820",
                                         NULL };
    for (size_t i = 0; WRONG[i]; i++) CHECK(becomes(IDENTITY_PHONE, WRONG[i], NULL));
}

TEST(external_ids_and_cookies_stay_as_they_are)
{
    CHECK(becomes(IDENTITY_EXTERNAL, "  Caller 4711 ", "Caller 4711"));
    CHECK(becomes(IDENTITY_COOKIE, "aBc-1", "aBc-1"));
    CHECK(becomes(IDENTITY_EXTERNAL, " ", NULL));
    CHECK(becomes(IDENTITY_EXTERNAL, "\xff", NULL));
}

TEST(a_handle_is_found_with_and_without_its_at_sign)
{
    CHECK(becomes(IDENTITY_HANDLE, "@Ana_B", "ana_b"));
    CHECK(becomes(IDENTITY_HANDLE, "ana_b", "ana_b"));
    CHECK(becomes(IDENTITY_HANDLE, "@", NULL));
}

TEST(an_identity_names_its_kind_in_front)
{
    struct arena *arena = arena_open();
    enum identity_kind kind = IDENTITY_COOKIE;
    struct str text = { 0 };
    CHECK(identity_parse(arena, STR("email:ANA@example.org"), &kind, &text) == OK);
    CHECK(kind == IDENTITY_EMAIL && str_equal(text, STR("ana@example.org")));
    CHECK(identity_parse(arena, STR("external_id:a:b"), &kind, &text) == OK);
    CHECK(kind == IDENTITY_EXTERNAL && str_equal(text, STR("a:b")));
    CHECK(identity_parse(arena, STR("fax:123"), &kind, &text) == ERR_INVALID);
    CHECK(identity_parse(arena, STR("email"), &kind, &text) == ERR_INVALID);
    arena_close(arena);
}
