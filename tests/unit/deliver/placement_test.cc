// SPDX-License-Identifier: ISC
#include "deliver/placement.h"

#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "../maildir/temporary.h"

namespace {

using base::Errc;
using deliver::Placement;
using deliver::Wish;

struct Fixture {
    maildir_test::Temporary root;
    config::Settings settings;
    deliver::Recipient ann;

    Fixture()
    {
        ann.identity.user = "ann";
        ann.identity.mail = root.path();
    }

    std::unique_ptr<Placement> begin(Wish wish = {}) const
    {
        return Placement::begin(ann, wish, {}, settings).value();
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(placement, Fixture)

BOOST_AUTO_TEST_CASE(nothing_is_seen_before_it_is_published)
{
    const auto one = begin();
    BOOST_TEST(one->write("A: 1\n\nx").has_value());
    BOOST_TEST(one->end().has_value());
    BOOST_TEST(one->prepare().has_value());
    BOOST_TEST(root.names("new") == "");
    BOOST_TEST(one->publish().has_value());
    BOOST_TEST(root.read("new/" + root.names("new")) == "A: 1\n\nx");
    one->sync();
    one->conclude();
}

BOOST_AUTO_TEST_CASE(nothing_stays_of_one_that_is_given_up)
{
    auto one = begin();
    BOOST_TEST(one->write("A: 1\n\nx").has_value());
    one.reset();
    BOOST_TEST(root.names("tmp") == "");
    BOOST_TEST(root.names("new") == "");
}

BOOST_AUTO_TEST_CASE(no_message_is_an_error)
{
    const auto one = begin();
    const auto ended = one->end();
    BOOST_REQUIRE(!ended);
    BOOST_TEST((ended.error().code == Errc::Gone));
}

BOOST_AUTO_TEST_CASE(a_full_quota_is_an_error_before_anything_is_seen)
{
    settings.quota.messages = 1;
    for (const bool fits : {true, false}) {
        const auto one = begin();
        BOOST_TEST(one->write("A: 1\n\nx").has_value());
        const auto ended = one->end();
        BOOST_TEST(ended.has_value() == fits);
        if (!ended) {
            BOOST_TEST((ended.error().code == Errc::OverQuota));
            break;
        }
        BOOST_TEST(one->prepare().has_value());
        BOOST_TEST(one->publish().has_value());
        one->conclude();
        BOOST_TEST(root.read("maildirsize") == "\n        0    0\n        7    1\n");
    }
    ann.identity.quota = auth::Quota{0, 2}; // goes before the settings
    const auto one = begin();
    BOOST_TEST(one->write("A: 1\n\nx").has_value());
    BOOST_TEST(one->end().has_value());
}

BOOST_AUTO_TEST_CASE(a_quota_that_cannot_be_read_keeps_nothing_out)
{
    root.make_directory("maildirsize");
    settings.quota.messages = 1;
    const auto one = begin();
    BOOST_TEST(one->write("A: 1\n\nx").has_value());
    BOOST_TEST(one->end().has_value());
}

BOOST_AUTO_TEST_CASE(what_crashed_deliveries_left_is_removed)
{
    BOOST_REQUIRE(begin()); // makes the Maildir
    root.write("tmp/old", "half");
    root.write("tmp/young", "half");
    const timespec past[2] = {{1'000'000'000, 0}, {1'000'000'000, 0}};
    BOOST_REQUIRE(::utimensat(root.fd(), "tmp/old", past, 0) == 0);
    BOOST_REQUIRE(::utimensat(root.fd(), "tmp", past, 0) == 0); // nobody has looked
    settings.deliver.durability = config::DeliveryDurability::Relaxed;
    const auto one = begin();
    BOOST_TEST(one->write("A: 1\n\nx").has_value());
    BOOST_TEST(one->end().has_value());
    BOOST_TEST(one->prepare().has_value());
    BOOST_TEST(one->publish().has_value());
    BOOST_TEST(root.has("tmp/old"));
    one->sync();
    one->conclude();
    BOOST_TEST(root.names("tmp") == "young");
}

BOOST_AUTO_TEST_CASE(a_duplicate_is_dropped_or_marked)
{
    const auto deliver_once = [&](std::string_view text) {
        const auto one = begin();
        BOOST_TEST(one->write(text).has_value());
        BOOST_TEST(one->end().has_value());
        one->start_writing();
        BOOST_TEST(one->prepare().has_value());
        BOOST_TEST(one->publish().has_value());
        one->sync();
        one->conclude();
    };
    settings.deliver.duplicates = config::Duplicates::Drop;
    deliver_once("Message-ID: <a>\n\nx");
    const auto first = root.names("new");
    deliver_once("Message-ID: <a>\n\nother");
    BOOST_TEST(root.names("new") == first);
    BOOST_TEST(root.names("tmp") == "");

    settings.deliver.duplicates = config::Duplicates::Mark;
    deliver_once("Message-ID: <a>\n\nother");
    BOOST_TEST(root.names("new") == first);
    BOOST_TEST(root.names("cur").ends_with(",S=22,W=24:2,a"));
    BOOST_TEST(root.read("dovecot-keywords") == "0 $Duplicate\n");

    settings.deliver.duplicate_rule = config::DuplicateRule::Octets;
    settings.deliver.duplicates = config::Duplicates::Drop;
    deliver_once("Message-ID: <a>\n\nby octets");
    const auto two = root.names("new");
    BOOST_TEST(two != first);
    deliver_once("Message-ID: <a>\n\nby octets");
    BOOST_TEST(root.names("new") == two);
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_removed_takes_no_message_with_it)
{
    const auto one = begin({"Lists", Wish::By::Option});
    const auto two = begin({"Lists", Wish::By::Option});
    for (const auto* const each : {&one, &two}) {
        BOOST_TEST((*each)->write("A: 1\n\nx").has_value());
        BOOST_TEST((*each)->end().has_value());
        BOOST_TEST((*each)->prepare().has_value());
    }
    const auto tree = maildir::Tree::open(root.path());
    BOOST_TEST(tree->hide("Lists").has_value());
    BOOST_TEST(tree->create("Lists").has_value()); // not the same
    BOOST_TEST(one->publish().has_value());
    one->sync();
    one->conclude();
    BOOST_TEST(tree->finish_removals().has_value());
    BOOST_TEST(root.read("new/" + root.names("new")) == "A: 1\n\nx");
    BOOST_TEST(root.names(".Lists/new") == "");

    const auto published = two->publish(); // what it had is gone: nothing is there
    BOOST_REQUIRE(!published);
    BOOST_TEST((published.error().code == Errc::NotFound));
}

BOOST_AUTO_TEST_CASE(one_that_is_renamed_does)
{
    const auto one = begin({"Lists", Wish::By::Option});
    BOOST_TEST(one->write("A: 1\n\nx").has_value());
    BOOST_TEST(one->end().has_value());
    BOOST_TEST(one->prepare().has_value());
    BOOST_TEST(maildir::Tree::open(root.path())->rename("Lists", "Other").has_value());
    BOOST_TEST(one->publish().has_value());
    BOOST_TEST(root.names("new") == "");
    BOOST_TEST(root.names(".Other/new") != "");
}

BOOST_AUTO_TEST_CASE(many_go_side_by_side)
{
    const auto one = begin();
    const auto two = begin({"Lists", Wish::By::Option});
    for (const auto* const each : {&one, &two})
        BOOST_TEST((*each)->write("A: 1\n\nx").has_value());
    for (const auto* const each : {&one, &two}) {
        BOOST_TEST((*each)->end().has_value());
        (*each)->start_writing();
        BOOST_TEST((*each)->prepare().has_value());
    }
    for (const auto* const each : {&one, &two})
        BOOST_TEST((*each)->publish().has_value());
    BOOST_TEST(root.names("new") != "");
    BOOST_TEST(root.names(".Lists/new") != "");
}

BOOST_AUTO_TEST_SUITE_END()
