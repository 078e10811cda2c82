// SPDX-License-Identifier: ISC
#include "mailbox/store.h"

#include "fixture.h"

using namespace mailbox_test;

namespace {

std::string joined(const base::Result<std::vector<std::string>>& names)
{
    BOOST_REQUIRE(names.has_value());
    std::string text;
    for (const std::string& name : *names)
        text += "[" + name + "]";
    return text;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(store_, Fixture)

BOOST_AUTO_TEST_CASE(makes_the_maildir_and_lists_its_folders)
{
    BOOST_TEST(names(".").find("cur") != std::string::npos);
    BOOST_TEST(store->create("A.B").has_value());
    BOOST_TEST(joined(store->list()) == "[][A.B]");
    BOOST_TEST(store->exists("A.B"));
    BOOST_TEST(!store->exists("A"));
    const auto again = store->create("A.B");
    BOOST_REQUIRE(!again);
    BOOST_TEST((again.error().code == Errc::Exists));
}

BOOST_AUTO_TEST_CASE(the_index_can_be_elsewhere)
{
    auto elsewhere = options();
    elsewhere.index_directory = root.path() + "/index";
    store.reset();
    auto opened = Store::open(elsewhere, clock, random, logging::Log());
    BOOST_REQUIRE(opened.has_value());
    BOOST_TEST(root.has("index/imapd-index.mdb"));
}

BOOST_AUTO_TEST_CASE(counts_without_opening)
{
    write("cur/1.a.h:2,ST", "12345");
    write("cur/2.a.h:2,", "123");
    write("new/3.a.h", "1");
    const auto counters = store->counters("");
    BOOST_REQUIRE(counters.has_value());
    BOOST_TEST(counters->messages == 3U);
    BOOST_TEST(counters->unseen == 2U);
    BOOST_TEST(counters->deleted == 1U);
    BOOST_TEST(counters->recent == 1U);
    BOOST_TEST(counters->octets == 9U);
    BOOST_TEST(counters->uid_next == 4U);
    BOOST_TEST(names("new") == "3.a.h");
    const auto none = store->counters("Nowhere");
    BOOST_REQUIRE(!none);
    BOOST_TEST((none.error().code == Errc::NotFound));
}

BOOST_AUTO_TEST_CASE(remembers_subscriptions)
{
    BOOST_TEST(joined(store->subscriptions()) == "");
    BOOST_TEST(store->subscribe("A").has_value());
    BOOST_TEST(store->subscribe("").has_value());
    BOOST_TEST(joined(store->subscriptions()) == "[A][]");
    BOOST_TEST(store->unsubscribe("A").has_value());
    BOOST_TEST(joined(store->subscriptions()) == "[]");
    BOOST_TEST(root.read("mail/subscriptions") == "INBOX\n");
}

BOOST_AUTO_TEST_CASE(takes_over_the_subscriptions_that_courier_left)
{
    write("courierimapsubscribed", "INBOX\nINBOX.Work\nINBOX.Gr\xc3\xbc\xc3\x9f"
                                   "e\n");
    BOOST_TEST(joined(store->subscriptions()) == "[Gr&APwA3w-e][][Work]");
    BOOST_TEST(root.has("mail/subscriptions"));
    // Once: what is done later is not undone.
    BOOST_TEST(store->unsubscribe("Work").has_value());
    BOOST_TEST(joined(store->subscriptions()) == "[Gr&APwA3w-e][]");
    open_store();
    BOOST_TEST(joined(store->subscriptions()) == "[Gr&APwA3w-e][]");
}

BOOST_AUTO_TEST_CASE(takes_them_over_before_the_first_change_too)
{
    write("courierimapsubscribed", "INBOX.Work\nINBOX.Play\n");
    BOOST_TEST(store->subscribe("New").has_value());
    BOOST_TEST(joined(store->subscriptions()) == "[New][Play][Work]");
    remove("subscriptions");
    BOOST_TEST(store->unsubscribe("Play").has_value());
    BOOST_TEST(joined(store->subscriptions()) == "[Work]");
}

BOOST_AUTO_TEST_CASE(a_subscriptions_file_of_ours_comes_first)
{
    write("subscriptions", "Mine\n");
    write("courierimapsubscribed", "INBOX.Work\n");
    BOOST_TEST(joined(store->subscriptions()) == "[Mine]");
}

BOOST_AUTO_TEST_CASE(removes_what_was_left_in_tmp_long_ago)
{
    write("tmp/old");
    write("tmp/young");
    root.set_times("mail/tmp/old", 1'000'000, 1'000'000);
    root.set_times("mail/tmp", 1'000'000, 1'000'000); // nor looked at since then
    select();
    BOOST_TEST(names("tmp") == "young");
}

BOOST_AUTO_TEST_SUITE_END()
