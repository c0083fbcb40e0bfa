#include "access/token.h"

#include "base/id.h"
#include "base/test.h"

TEST(a_token_is_read_as_its_own_kind_only)
{
    hash_start();
    struct arena *arena = arena_open();
    static const enum token_kind KINDS[] = { TOKEN_KEY, TOKEN_SESSION, TOKEN_SETUP };
    for (size_t i = 0; i < 3; i++) {
        struct token token = token_make(arena, KINDS[i]);
        for (size_t k = 0; k < 3; k++) {
            struct hash hash;
            enum err err = token_read(KINDS[k], token.text, &hash);
            CHECK(err == (i == k ? OK : ERR_INVALID));
            if (i == k) CHECK(hash_equal(&hash, &token.hash));
        }
    }
    arena_close(arena);
}

TEST(keys_begin_with_rap_and_no_two_are_equal)
{
    hash_start();
    struct arena *arena = arena_open();
    struct token a = token_make(arena, TOKEN_KEY);
    struct token b = token_make(arena, TOKEN_KEY);
    CHECK(str_starts(a.text, STR("rap_")));
    CHECK(a.text.size == 4 + 43);
    CHECK(!str_equal(a.text, b.text));
    CHECK(!hash_equal(&a.hash, &b.hash));
    CHECK(token_hint(&a).size == TOKEN_HINT_SIZE);
    arena_close(arena);
}

TEST(texts_without_the_form_of_a_token_are_refused)
{
    hash_start();
    struct arena *arena = arena_open();
    struct hash hash;
    struct token token = token_make(arena, TOKEN_KEY);
    struct str cut = { .data = token.text.data, .size = token.text.size - 1 };
    CHECK(token_read(TOKEN_KEY, (struct str){ 0 }, &hash) == ERR_INVALID);
    CHECK(token_read(TOKEN_KEY, STR("rap_"), &hash) == ERR_INVALID);
    CHECK(token_read(TOKEN_KEY, cut, &hash) == ERR_INVALID);
    CHECK(token_read(TOKEN_KEY, STR("rap_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa+a"), &hash) ==
          ERR_INVALID);
    CHECK(token_read(TOKEN_KEY, STR("rap_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), &hash) ==
          OK);
    arena_close(arena);
}

TEST(a_link_tells_whose_it_is)
{
    hash_start();
    struct arena *arena = arena_open();
    struct id_source source;
    id_source_init(&source, 0, 0);
    int64_t id = id_next(&source, 1800000000000);
    struct token link = token_make_link(arena, id);
    struct hash hash;
    int64_t read = 0;
    CHECK(token_read_link(link.text, &read, &hash) == OK);
    CHECK(read == id && hash_equal(&hash, &link.hash));
    CHECK(token_read(TOKEN_SESSION, link.text, &hash) == ERR_INVALID);
    CHECK(token_read_link(token_make(arena, TOKEN_SESSION).text, &read, &hash) == ERR_INVALID);
    arena_close(arena);
}

TEST(a_hash_equals_its_hex_and_never_an_empty_one)
{
    hash_start();
    struct arena *arena = arena_open();
    struct token token = token_make(arena, TOKEN_SETUP);
    struct str hex = hash_hex(arena, &token.hash);
    struct hash nothing = { { 0 } };
    CHECK(token_hash_is(&token.hash, hex));
    CHECK(!token_hash_is(&nothing, hex));
    CHECK(!token_hash_is(&nothing, STR("")));
    CHECK(!token_hash_is(&nothing, (struct str){ 0 }));
    CHECK(!token_hash_is(&nothing, STR("zz00000000000000000000000000000000000000000000000000000000"
                                       "000000")));
    CHECK(token_hash_is(&nothing, STR("00000000000000000000000000000000000000000000000000000000"
                                      "00000000")));
    arena_close(arena);
}
