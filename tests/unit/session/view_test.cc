// SPDX-License-Identifier: ISC
#include "session/view.h"

#include <initializer_list>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

namespace {

using base::NumberSet;
using imapd::Expunges;
using imapd::Numbering;
using imapd::View;
using mailbox::Changes;

/// A client that knows these messages, told up to mod-sequence 10.
View view_of(const NumberSet& uids)
{
    View view;
    Changes changes;
    changes.appeared = uids;
    changes.mod_sequence = 10;
    static_cast<void>(view.advance(changes, Expunges::Told));
    return view;
}

Changes vanishing(const NumberSet& uids, std::uint64_t mod_sequence)
{
    Changes changes;
    changes.vanished = uids;
    changes.mod_sequence = mod_sequence;
    return changes;
}

Changes flagging(std::initializer_list<Changes::Flagged> flagged,
                 std::uint64_t mod_sequence)
{
    Changes changes;
    changes.flagged = flagged;
    changes.mod_sequence = mod_sequence;
    return changes;
}

/// What `set` means, in IMAP form; "!" if it is an error.
std::string resolved(const View& view, std::string_view set, Numbering numbering)
{
    const auto uids = view.resolve(*imap::SequenceSet::parse(set), numbering);
    return uids ? uids->to_text() : "!";
}

} // namespace

BOOST_AUTO_TEST_SUITE(view)

BOOST_AUTO_TEST_CASE(resolves_both_kinds_of_numbers)
{
    const View view = view_of({2, 4, 5, 9});
    BOOST_TEST(resolved(view, "1:2", Numbering::Sequence) == "2,4");
    BOOST_TEST(resolved(view, "*", Numbering::Sequence) == "9");
    BOOST_TEST(resolved(view, "2:3,3", Numbering::Sequence) == "4:5");
    BOOST_TEST(resolved(view, "5", Numbering::Sequence) == "!");
    BOOST_TEST(resolved(view, "1:4", Numbering::Uid) == "2,4");
    BOOST_TEST(resolved(view, "*", Numbering::Uid) == "9");
    BOOST_TEST(resolved(view, "20:*", Numbering::Uid) == "9");
    BOOST_TEST(resolved(view, "77", Numbering::Uid) == "");
}

BOOST_AUTO_TEST_CASE(the_saved_result_is_the_same_in_both)
{
    View view = view_of({2, 4, 5, 9});
    BOOST_TEST(resolved(view, "$", Numbering::Sequence) == ""); // and no error
    view.save({4, 9});
    BOOST_TEST(resolved(view, "$", Numbering::Sequence) == "4,9");
    BOOST_TEST(resolved(view, "$", Numbering::Uid) == "4,9");
    BOOST_TEST(resolved(view, "1,$", Numbering::Sequence) == "2,4,9");
    BOOST_TEST(resolved(view, "5,$", Numbering::Uid) == "4:5,9");
    BOOST_TEST(resolved(view, "77,$", Numbering::Sequence) == "!");
}

BOOST_AUTO_TEST_CASE(what_is_expunged_leaves_the_saved_result)
{
    View view = view_of({2, 4, 5, 9});
    view.save({4, 9});
    static_cast<void>(view.advance(vanishing({4}, 11), Expunges::Withheld));
    BOOST_TEST(resolved(view, "$", Numbering::Uid) == "4,9"); // it still has a number
    static_cast<void>(view.advance(vanishing({}, 11), Expunges::Told));
    BOOST_TEST(resolved(view, "$", Numbering::Uid) == "9");
}

BOOST_AUTO_TEST_CASE(expunges_are_told_highest_first_and_by_uid)
{
    View view = view_of({2, 4, 5, 9});
    const auto updates = view.advance(vanishing({4, 9}, 11), Expunges::Told);
    BOOST_TEST(updates.expunged == (std::vector<std::uint32_t>{4, 2}),
               boost::test_tools::per_element());
    BOOST_TEST(updates.vanished.to_text() == "4,9");
    BOOST_TEST(!updates.exists.has_value());
    BOOST_TEST(view.uids().to_text() == "2,5");
}

BOOST_AUTO_TEST_CASE(what_the_client_never_knew_does_not_vanish)
{
    View view = view_of({2, 4});
    const auto updates = view.advance(vanishing({1, 3, 4, 7}, 11), Expunges::Told);
    BOOST_TEST(updates.vanished.to_text() == "4");
}

BOOST_AUTO_TEST_CASE(withheld_expunges_hold_the_mod_sequence)
{
    View view = view_of({2, 4});
    BOOST_TEST(view.mod_sequence() == 10u);
    auto updates = view.advance(vanishing({2}, 11), Expunges::Withheld);
    BOOST_TEST(updates.vanished.empty());
    BOOST_TEST(view.withheld().to_text() == "2");
    BOOST_TEST(view.mod_sequence() == 10u);
    BOOST_TEST(view.number(4) == 2u); // as it was

    updates = view.advance(flagging({{4, 12}}, 12), Expunges::Withheld);
    BOOST_TEST(updates.flagged.to_text() == "4");
    BOOST_TEST(view.mod_sequence() == 10u);

    updates = view.advance(vanishing({}, 12), Expunges::Told);
    BOOST_TEST(updates.vanished.to_text() == "2");
    BOOST_TEST(view.mod_sequence() == 12u);
    BOOST_TEST(view.number(4) == 1u);
}

BOOST_AUTO_TEST_CASE(silent_changes_are_not_told_but_their_mod_sequence_is)
{
    View view = view_of({2, 4, 5});
    view.flags_known({2, 4}, 11);
    view.mod_sequences_asked({2, 4});
    // Another session has changed 4 since.
    const auto updates = view.advance(flagging({{2, 11}, {4, 12}}, 12), Expunges::Told);
    BOOST_TEST(updates.flagged.to_text() == "4");
    BOOST_TEST(updates.touched.to_text() == "2");

    const auto later = view.advance(flagging({{2, 13}}, 13), Expunges::Told);
    BOOST_TEST(later.flagged.to_text() == "2");
    BOOST_TEST(later.touched.empty());
}

BOOST_AUTO_TEST_CASE(what_is_asked_is_told_once_and_only_while_it_is_there)
{
    View view = view_of({2, 4, 5});
    view.flags_asked({2, 4});
    view.mod_sequences_asked({4, 5});
    const auto updates = view.advance(vanishing({2}, 11), Expunges::Withheld);
    BOOST_TEST(updates.flagged.to_text() == "4");
    BOOST_TEST(updates.touched.to_text() == "5");
    BOOST_TEST(view.advance(vanishing({}, 11), Expunges::Withheld).is_empty());
}

BOOST_AUTO_TEST_CASE(numbers_follow_the_command)
{
    const View view = view_of({2, 4, 5, 9});
    BOOST_TEST(view.numbers({4, 9}, Numbering::Sequence).to_text() == "2,4");
    BOOST_TEST(view.numbers({4, 9}, Numbering::Uid).to_text() == "4,9");
    BOOST_TEST(view.numbers({3, 9}, Numbering::Sequence).to_text() == "4");
}

BOOST_AUTO_TEST_SUITE_END()
