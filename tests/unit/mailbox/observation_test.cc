// SPDX-License-Identifier: ISC
#include "mailbox/observation.h"

#include <set>
#include <string>

#include "fixture.h"

namespace {

using mailbox::Observation;
using mailbox_test::Fixture;

std::string joined(std::string_view title, const std::set<std::string>& folders)
{
    std::string text;
    for (const std::string& folder : folders)
        text += std::string(title) + "(" + folder + ") ";
    return text;
}

/// `messages(A) annotations() tree`, in this order; empty if there is no news.
std::string taken(Observation& observation)
{
    const auto news = observation.take();
    std::string text =
        joined("messages", news.messages) + joined("annotations", news.annotations);
    text += news.tree ? "tree " : "";
    text += news.subscriptions ? "subscriptions " : "";
    text += news.server_annotations ? "server " : "";
    if (!text.empty())
        text.pop_back();
    return text;
}

struct Observed : Fixture {
    Observed()
    {
        for (const char* folder : {"A", "B", "B.x"})
            BOOST_REQUIRE(store->create(folder).has_value());
        BOOST_REQUIRE(observation.observe({"", "A", "Nowhere"}).has_value());
        static_cast<void>(observation.take());
    }

    Observation observation{*store};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(observation, Observed)

BOOST_AUTO_TEST_CASE(has_no_news_when_nothing_happens)
{
    BOOST_TEST(taken(observation) == "");
}

BOOST_AUTO_TEST_CASE(hears_of_messages_in_what_is_observed_and_nowhere_else)
{
    write(".A/new/1.M1P1.h");
    write(".B/new/1.M1P1.h");
    BOOST_TEST(taken(observation) == "messages(A)");
    write("cur/1.M1P1.h:2,");
    BOOST_TEST(taken(observation) == "messages()");
    BOOST_TEST(taken(observation) == "");
}

BOOST_AUTO_TEST_CASE(what_one_hears_for_the_other_is_not_lost)
{
    static_cast<void>(select());
    BOOST_TEST(told() == "");
    deliver("1.M1P1.h");
    static_cast<void>(observation.take());
    BOOST_TEST(inbox->has_unseen_events());
    BOOST_TEST(told() == "+1 recent 1");
    BOOST_TEST(!inbox->has_unseen_events());
    static_cast<void>(observation.take());
    BOOST_TEST(!observation.has_news());
    write(".A/new/1.M1P1.h");
    BOOST_TEST(told() == "");
    BOOST_TEST(observation.has_news());
}

BOOST_AUTO_TEST_CASE(what_the_index_does_is_no_news)
{
    BOOST_TEST(store->counters("").has_value());
    static_cast<void>(select());
    BOOST_TEST(taken(observation) == "");
}

BOOST_AUTO_TEST_CASE(hears_of_annotations_and_subscriptions)
{
    BOOST_TEST(store->annotate("A", {{"/shared/comment", "x"}}).has_value());
    BOOST_TEST(taken(observation) == "annotations(A)");
    BOOST_TEST(store->annotate("", {{"/shared/comment", "x"}}).has_value());
    BOOST_TEST(taken(observation) == "annotations()");
    BOOST_TEST(store->annotate_server({{"/shared/comment", "x"}}).has_value());
    BOOST_TEST(taken(observation) == "server");
    BOOST_TEST(store->subscribe("A").has_value());
    BOOST_TEST(taken(observation) == "subscriptions");
}

BOOST_AUTO_TEST_CASE(hears_of_folders_that_come_and_go)
{
    BOOST_TEST(store->create("C").has_value());
    BOOST_TEST(taken(observation) == "tree");
    BOOST_TEST(store->remove("B.x").has_value());
    BOOST_TEST(taken(observation) == "tree");
    BOOST_TEST(
        (observation.folders().value() == std::vector<std::string>{"", "A", "B", "C"}));
}

BOOST_AUTO_TEST_CASE(a_renamed_folder_is_the_same_one_under_another_name)
{
    const auto before = observation.identities();
    BOOST_REQUIRE(before.size() == 2U);
    BOOST_TEST(store->rename("A", "Z").has_value());
    BOOST_TEST(observation.observe({"", "Z"}).has_value());
    const auto now = observation.identities();
    BOOST_TEST(!now.contains("A"));
    BOOST_TEST((now.at("Z") == before.at("A")));
    static_cast<void>(observation.take());
    write(".Z/new/1.M1P1.h");
    BOOST_TEST(taken(observation) == "messages(Z)");
}

BOOST_AUTO_TEST_CASE(one_that_was_removed_and_made_again_is_another_one)
{
    const auto before = observation.identities();
    BOOST_TEST(store->remove("A").has_value());
    BOOST_TEST(store->create("A").has_value());
    BOOST_TEST(observation.observe({"A"}).has_value());
    // Though the file system may have given it the same inode.
    BOOST_TEST((observation.identities().at("A") != before.at("A")));
    static_cast<void>(observation.take());
    write(".A/new/1.M1P1.h");
    BOOST_TEST(taken(observation) == "messages(A)");
}

BOOST_AUTO_TEST_CASE(there_is_a_bound_on_folders)
{
    std::set<std::string> many;
    while (many.size() <= Observation::max_folders)
        many.insert("x" + std::to_string(many.size()));
    const auto done = observation.observe(many);
    BOOST_REQUIRE(!done.has_value());
    BOOST_TEST((done.error().code == base::Errc::Limit));
}

BOOST_AUTO_TEST_SUITE_END()
