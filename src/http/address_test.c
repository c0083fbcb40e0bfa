#include "http/address.h"

#include "base/test.h"

static bool comes_back(const char *text, const char *want)
{
    struct sockaddr_storage address;
    socklen_t size;
    if (address_parse(str_from(text), &address, &size)) return false;
    char out[ADDRESS_TEXT_SIZE];
    struct str back = { .data = out };
    back.size = address_write((const struct sockaddr *)&address, out);
    return str_equal(back, str_from(want));
}

TEST(listening_addresses_come_back_as_text)
{
    CHECK(comes_back("127.0.0.1:8080", "127.0.0.1:8080"));
    CHECK(comes_back("localhost:0", "127.0.0.1:0"));
    CHECK(comes_back("[::]:65535", "[::]:65535"));
    CHECK(comes_back("[fd00::1]:80", "[fd00::1]:80"));
}

TEST(what_is_no_listening_address_is_refused)
{
    static const char *const TEXTS[] = { "",
                                         "127.0.0.1",
                                         ":8080",
                                         "127.0.0.1:",
                                         "::1:80",
                                         "[::1]",
                                         "127.0.0.1:65536",
                                         "host:80",
                                         "[127.0.0.1]:80",
                                         "127.0.0.1:-1",
                                         "1.2.3.4.5:80" };
    struct sockaddr_storage address;
    socklen_t size;
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++) {
        CHECK(address_parse(str_from(TEXTS[i]), &address, &size) == ERR_INVALID);
    }
}

TEST(an_address_lies_in_its_network_only)
{
    struct arena *arena = arena_open();
    struct networks networks;
    CHECK(networks_parse(arena, STR("127.0.0.1, 10.0.0.0/9,fd00::/8"), &networks) == OK);
    CHECK(networks_hold(&networks, STR("127.0.0.1")));
    CHECK(!networks_hold(&networks, STR("127.0.0.2")));
    CHECK(networks_hold(&networks, STR("10.127.255.255")));
    CHECK(!networks_hold(&networks, STR("10.128.0.0")));
    CHECK(networks_hold(&networks, STR("fd12::1")));
    CHECK(!networks_hold(&networks, STR("fe80::1")));
    CHECK(networks_hold(&networks, STR("::ffff:127.0.0.1")));
    CHECK(!networks_hold(&networks, STR("")));
    CHECK(networks_parse(arena, STR(""), &networks) == OK && networks.count == 0);
    CHECK(!networks_hold(&networks, STR("127.0.0.1")));
    CHECK(networks_parse(arena, STR("10.0.0.0/33"), &networks) == ERR_INVALID);
    CHECK(networks_parse(arena, STR("ten"), &networks) == ERR_INVALID);
    arena_close(arena);
}

TEST(a_forwarded_address_counts_only_behind_trusted_proxies)
{
    struct arena *arena = arena_open();
    struct networks trusted;
    CHECK(networks_parse(arena, STR("127.0.0.1,10.0.0.0/8"), &trusted) == OK);
    struct str chain = STR("1.1.1.1, 203.0.113.7, 10.0.0.5");
    CHECK(str_equal(address_of_client(&trusted, STR("127.0.0.1"), chain), STR("203.0.113.7")));
    CHECK(str_equal(address_of_client(&trusted, STR("198.51.100.1"), chain), STR("198.51.100.1")));
    CHECK(
        str_equal(address_of_client(&trusted, STR("10.1.1.1"), STR("nonsense")), STR("10.1.1.1")));
    CHECK(
        str_equal(address_of_client(&trusted, STR("10.1.1.1"), STR("10.2.2.2")), STR("10.2.2.2")));
    arena_close(arena);
}
