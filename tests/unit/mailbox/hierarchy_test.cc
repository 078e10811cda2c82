// SPDX-License-Identifier: ISC
#include <memory>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "../maildir/temporary.h"
#include "mailbox/store.h"

namespace {

using base::Errc;
using mailbox::Access;
using mailbox::SpecialUse;
using mailbox::Store;
using maildir_test::Temporary;
using Names = std::vector<std::string>;

struct Fixture {
    Temporary root;
    base::SystemClock clock;
    base::SystemRandom random;
    logging::Log log;
    std::unique_ptr<Store> store = open();

    std::unique_ptr<Store> open(std::vector<mailbox::DefaultFolder> defaults = {})
    {
        mailbox::StoreOptions options;
        options.mail = root.path();
        options.defaults = std::move(defaults);
        return Store::open(options, clock, random, log).value();
    }
    void deliver(const std::string& folder, const std::string& name) const
    {
        root.write((folder.empty() ? "" : "." + folder + "/") + "new/" + name,
                   "Subject: x\n\nx\n");
    }
    std::uint32_t uid_validity(const std::string& folder) const
    {
        return store->counters(folder).value().uid_validity;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(hierarchy, Fixture)

BOOST_AUTO_TEST_CASE(a_folder_made_again_has_a_larger_uid_validity)
{
    BOOST_TEST(store->create("A").has_value());
    const auto first = uid_validity("A");
    BOOST_TEST(store->remove("A").has_value());
    BOOST_TEST((store->counters("A").error().code == Errc::NotFound));
    BOOST_TEST(store->create("A").has_value());
    BOOST_TEST(uid_validity("A") > first);
}

BOOST_AUTO_TEST_CASE(also_after_one_that_a_wrong_clock_gave)
{
    root.make_directory(".A");
    root.make_directory(".A/cur");
    root.make_directory(".A/new");
    root.make_directory(".A/tmp");
    root.write(".A/dovecot-uidlist",
               "3 V4000000000 N7 G" + std::string(32, 'a') + "\n");
    BOOST_TEST(uid_validity("A") == 4000000000U);
    BOOST_TEST(store->remove("A").has_value());
    BOOST_TEST(store->create("A").has_value());
    BOOST_TEST(uid_validity("A") == 4000000001U);
}

BOOST_AUTO_TEST_CASE(also_if_that_one_was_renamed_or_removed_by_another_program)
{
    for (const char* const name : {".A", ".B"}) {
        root.make_directory(name);
        root.make_directory(std::string(name) + "/cur");
        root.write(std::string(name) + "/dovecot-uidlist",
                   "3 V4000000000 N7 G" + std::string(32, name[1]) + "\n");
        BOOST_TEST(uid_validity(name + 1) == 4000000000U);
    }
    BOOST_TEST(store->rename("A", "X").has_value());
    BOOST_TEST(store->create("A").has_value());
    BOOST_TEST(uid_validity("A") > 4000000000U);
    BOOST_TEST(maildir::remove_all(root.fd(), ".B").has_value());
    BOOST_TEST(store->create("B").has_value());
    BOOST_TEST(uid_validity("B") > uid_validity("A"));
}

BOOST_AUTO_TEST_CASE(all_folders_of_a_maildir_are_told_apart)
{
    for (const char* const name : {"A", "B", "C"})
        BOOST_TEST(store->create(name).has_value());
    BOOST_TEST(uid_validity("A") != uid_validity("B"));
    BOOST_TEST(uid_validity("B") != uid_validity("C"));
    BOOST_TEST(uid_validity("") != uid_validity("C"));
}

BOOST_AUTO_TEST_CASE(what_the_index_still_knew_of_the_name_is_forgotten)
{
    BOOST_TEST(store->create("A").has_value());
    deliver("A", "1.a.b");
    const auto first = store->counters("A").value();
    BOOST_TEST(maildir::remove_all(root.fd(), ".A").has_value()); // by another program
    BOOST_TEST(store->create("A").has_value());
    const auto second = store->counters("A").value();
    BOOST_TEST(second.uid_validity > first.uid_validity);
    BOOST_TEST(second.messages == 0U);
    BOOST_TEST((second.guid != first.guid));
}

BOOST_AUTO_TEST_CASE(a_renamed_folder_keeps_its_uids_and_those_below_theirs)
{
    BOOST_TEST(store->create("A").has_value());
    BOOST_TEST(store->create("A.B").has_value());
    deliver("A", "1.a.b");
    deliver("A.B", "2.a.b");
    const auto a = store->counters("A").value();
    const auto b = store->counters("A.B").value();
    BOOST_TEST(store->rename("A", "X.Y").has_value());
    BOOST_TEST((store->list().value() == Names{"", "X.Y", "X.Y.B"}));
    const auto x = store->counters("X.Y").value();
    BOOST_TEST(x.uid_validity == a.uid_validity);
    BOOST_TEST(x.uid_next == a.uid_next);
    BOOST_TEST((x.guid == a.guid));
    BOOST_TEST(x.highest_mod_sequence ==
               a.highest_mod_sequence); // the index went along
    BOOST_TEST(store->counters("X.Y.B").value().uid_validity == b.uid_validity);
}

BOOST_AUTO_TEST_CASE(an_open_mailbox_follows_its_folder_whoever_renames_it)
{
    BOOST_TEST(store->create("A").has_value());
    deliver("A", "1.a.b");
    const auto here = store->open("A", Access::ReadWrite).value();
    const auto elsewhere = open();
    const auto there = elsewhere->open("A", Access::ReadWrite).value();
    BOOST_TEST(store->rename("A", "B").has_value());
    deliver("B", "2.a.b");
    BOOST_TEST(here->sync().has_value());
    BOOST_TEST(here->name() == "B");
    BOOST_TEST(here->uid_next() == 3U);
    BOOST_TEST(there->sync().has_value());
    BOOST_TEST(there->name() == "B");
    BOOST_TEST(there->uid_next() == 3U);
    BOOST_REQUIRE(::renameat(root.fd(), ".B", root.fd(), ".C") == 0);
    BOOST_TEST(here->sync().has_value());
    BOOST_TEST(here->name() == "C");
    BOOST_TEST(store->remove("C").has_value());
    BOOST_TEST((here->sync().error().code == Errc::Gone));
    BOOST_TEST((there->sync().error().code == Errc::Gone));
}

BOOST_AUTO_TEST_CASE(a_folder_in_the_place_of_a_removed_one_is_another)
{
    BOOST_TEST(store->create("A").has_value());
    const auto mailbox = store->open("A", Access::ReadOnly).value();
    BOOST_TEST(store->remove("A").has_value());
    BOOST_TEST(store->create("A").has_value());
    BOOST_TEST((mailbox->sync().error().code == Errc::Gone));
}

BOOST_AUTO_TEST_CASE(inbox_gives_its_messages_to_the_new_folder_and_stays)
{
    BOOST_TEST(store->create("INBOX.Sub").has_value());
    deliver("", "1.a.b");
    deliver("", "2.a.b");
    BOOST_TEST(store->rename("", "Old").has_value());
    BOOST_TEST(store->counters("").value().messages == 0U);
    BOOST_TEST(store->counters("").value().uid_next == 3U);
    BOOST_TEST(store->counters("Old").value().messages == 2U);
    BOOST_TEST(store->exists("INBOX.Sub"));
    BOOST_TEST((store->rename("", "Old").error().code == Errc::Exists));
}

BOOST_AUTO_TEST_CASE(refuses_what_cannot_be_renamed)
{
    BOOST_TEST(store->create("A").has_value());
    BOOST_TEST(store->create("B").has_value());
    BOOST_TEST((store->rename("A", "B").error().code == Errc::Exists));
    BOOST_TEST((store->rename("A", "A.B").error().code == Errc::Cannot));
    BOOST_TEST((store->rename("A", "").error().code == Errc::Cannot));
    BOOST_TEST((store->rename("C", "D").error().code == Errc::NotFound));
    BOOST_TEST((store->remove("C").error().code == Errc::NotFound));
    BOOST_TEST((store->remove("").error().code == Errc::Cannot));
    BOOST_TEST((store->create("A").error().code == Errc::Exists));
}

BOOST_AUTO_TEST_CASE(a_use_goes_with_its_folder)
{
    const SpecialUse sent[] = {SpecialUse::Sent};
    BOOST_TEST(store->create("Out", sent).has_value());
    BOOST_TEST(store->rename("Out", "Gone out").has_value());
    auto uses = store->special_uses(store->list().value()).value();
    BOOST_TEST((uses == mailbox::FolderUses{{"Gone out", {SpecialUse::Sent}}}));
    BOOST_TEST(store->remove("Gone out").has_value());
    BOOST_TEST(store->create("Gone out").has_value());
    uses = store->special_uses(store->list().value()).value();
    BOOST_TEST(uses.empty());
}

BOOST_AUTO_TEST_CASE(a_new_maildir_gets_its_folders_once)
{
    root.write("new/1.a.b", "delivered before the first login\n");
    const std::vector<mailbox::DefaultFolder> defaults = {{SpecialUse::Sent, "Sent"},
                                                          {SpecialUse::Junk, "Junk"}};
    store = open(defaults);
    BOOST_TEST(store->make_defaults().has_value());
    BOOST_TEST((store->list().value() == Names{"", "Junk", "Sent"}));
    BOOST_TEST((store->subscriptions().value() == Names{"Junk", "Sent"}));
    BOOST_TEST(store->remove("Sent").has_value());
    BOOST_TEST(store->unsubscribe("Sent").has_value());
    BOOST_TEST(store->unsubscribe("Junk").has_value());
    BOOST_TEST(store->make_defaults().has_value());
    BOOST_TEST((store->list().value() == Names{"", "Junk"}));
}

BOOST_AUTO_TEST_CASE(a_maildir_that_was_served_before_does_not)
{
    root.write("dovecot-uidlist", "3 V5 N1 G" + std::string(32, 'b') + "\n");
    store = open({{SpecialUse::Sent, "Sent"}});
    BOOST_TEST(store->make_defaults().has_value());
    BOOST_TEST((store->list().value() == Names{""}));
}

BOOST_AUTO_TEST_SUITE_END()
