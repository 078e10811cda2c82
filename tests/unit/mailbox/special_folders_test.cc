// SPDX-License-Identifier: ISC
#include "mailbox/special_folders.h"

#include <algorithm>
#include <set>

#include <boost/test/unit_test.hpp>

#include "text/fold.h"

namespace {

using mailbox::SpecialUse;
using Names = std::vector<std::string>;

const std::vector<mailbox::DefaultFolder> defaults = {{SpecialUse::Drafts, "Drafts"},
                                                      {SpecialUse::Sent, "Sent"},
                                                      {SpecialUse::Junk, "Junk"},
                                                      {SpecialUse::Trash, "Trash"},
                                                      {SpecialUse::Archive, "Archive"}};

/// "folder=\Use …" of each folder that is for something.
std::string uses(const Names& folders, std::string_view assigned = {},
                 const std::vector<mailbox::DefaultFolder>& wanted = defaults)
{
    std::string text;
    const auto file = maildir::SpecialUseFile::parse(assigned);
    for (const auto& [folder, its] : mailbox::uses_of(folders, file, wanted)) {
        text += (text.empty() ? "" : " ") + folder + "=";
        for (const SpecialUse use : its)
            text += attribute_of(use);
    }
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(special_folders)

BOOST_AUTO_TEST_CASE(the_configured_names_come_first)
{
    BOOST_TEST(uses({"", "Sent", "Gesendet"}) == "Sent=\\Sent");
    BOOST_TEST(uses({"", "Out", "Sent"}, "", {{SpecialUse::Sent, "Out"}}) ==
               "Out=\\Sent");
    BOOST_TEST(uses({"", "Work", "INBOX"}) == "");
}

BOOST_AUTO_TEST_CASE(usual_names_of_many_languages_are_recognised)
{
    BOOST_TEST(uses({"Gesendet"}) == "Gesendet=\\Sent");
    BOOST_TEST(uses({"Entw&APw-rfe"}) == "Entw&APw-rfe=\\Drafts");
    BOOST_TEST(uses({"Entwu&AwgA-rfe"}) == ""); // no modified UTF-7
    BOOST_TEST(uses({"Entwu&Awg-rfe"}) == "Entwu&Awg-rfe=\\Drafts");
    BOOST_TEST(uses({"Papierkorb", "Corbeille"}) == "Papierkorb=\\Trash");
    BOOST_TEST(uses({"Envoy&AOk-s", "Brouillons"}) ==
               "Brouillons=\\Drafts Envoy&AOk-s=\\Sent");
    BOOST_TEST(uses({"Borradores", "Enviados", "Papelera"}) ==
               "Borradores=\\Drafts Enviados=\\Sent Papelera=\\Trash");
    BOOST_TEST(uses({"Bozza", "Spam"}) == "Bozza=\\Drafts Spam=\\Junk");
    BOOST_TEST(uses({"Deleted Messages", "Sent Messages"}) ==
               "Deleted Messages=\\Trash Sent Messages=\\Sent");
}

BOOST_AUTO_TEST_CASE(in_any_case_at_the_first_level_or_below_INBOX)
{
    BOOST_TEST(uses({"sent items"}) == "sent items=\\Sent");
    BOOST_TEST(uses({"INBOX.TRASH"}) == "INBOX.TRASH=\\Trash");
    BOOST_TEST(uses({"Work.Sent"}) == "");
    BOOST_TEST(uses({"INBOX.Work.Sent"}) == "");
}

BOOST_AUTO_TEST_CASE(of_several_usual_names_the_more_usual_one_counts)
{
    BOOST_TEST(uses({"Gesendet", "Sent Items"}) == "Sent Items=\\Sent");
}

BOOST_AUTO_TEST_CASE(what_a_client_said_counts_most_while_the_folder_is_there)
{
    BOOST_TEST(uses({"Sent", "Mine"}, "\\Sent Mine\n\\Drafts Mine\n") ==
               "Mine=\\Drafts\\Sent");
    BOOST_TEST(uses({"Sent"}, "\\Sent Mine\n") == "Sent=\\Sent");
    BOOST_TEST(uses({"Sent", "Mine"}, "\\Sent Mine\n", {}) == "Mine=\\Sent");
}

BOOST_AUTO_TEST_CASE(what_is_switched_off_is_not_recognised)
{
    BOOST_TEST(uses({"Sent", "Gesendet", "Trash"}, "", {}) == "");
    BOOST_TEST(uses({"Sent", "Trash"}, "", {{SpecialUse::Trash, "Trash"}}) ==
               "Trash=\\Trash");
}

BOOST_AUTO_TEST_CASE(no_usual_name_means_two_things)
{
    std::set<std::string> seen;
    for (const SpecialUse use : maildir::special_uses) {
        std::set<std::string> mine;
        for (const std::string_view name : mailbox::usual_names(use))
            mine.insert(text::fold(name));
        for (const std::string& name : mine)
            BOOST_TEST(seen.insert(name).second, name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
