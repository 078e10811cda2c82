// SPDX-License-Identifier: ISC
#include "maildir/uidlist.h"

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <sys/resource.h>
#include <sys/wait.h>

#include "temporary.h"

namespace {

using base::Errc;
using maildir::Guid;
using maildir::UidList;
using maildir_test::Temporary;
using Change = UidList::Change;
using Lines = std::vector<UidList::Line>;

constexpr const char* file = "dovecot-uidlist";
const std::string hex = "000102030405060708090a0b0c0d0eff";
const std::string header = "3 V1700000000 N4 G" + hex + "\n";
const std::string three = header + "1 :a.h\n2 :b.h\n3 :c.h,S=1\n";
const Guid guid = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255};

/// The lines of a list in short: "1=a.h 2=b.h >3", the last being the next UID.
std::string shown(const UidList& list)
{
    std::string text;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const auto entry = list.entry(i);
        text += std::to_string(entry.uid) + "=";
        text += entry.base;
        if (!entry.fields.empty())
            text += "(" + std::string(entry.fields) + ")";
        text += " ";
        // Whatever was in the file: what is listed can be found.
        BOOST_TEST(list.find(entry.base)->uid == entry.uid);
        BOOST_TEST(list.find(entry.uid)->base == entry.base);
    }
    return text + ">" + std::to_string(list.uid_next());
}

std::string parsed(const std::string& text)
{
    const auto list = UidList::parse(text);
    return list ? shown(*list) : "!";
}

UidList load(const Temporary& folder)
{
    return UidList::load(folder.fd()).value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(uidlist)

BOOST_AUTO_TEST_CASE(reads_version_3)
{
    const auto list = UidList::parse("3 N9 Xother V1700000000 G" + hex +
                                     " Y\n1 :a.h\n2 W12 Pab:c :b.h x,S=1\n");
    BOOST_REQUIRE(list.has_value());
    BOOST_TEST(list->uid_validity() == 1700000000U);
    BOOST_TEST((list->guid().value() == guid));
    BOOST_TEST(shown(*list) == "1=a.h 2=b.h x,S=1(W12 Pab:c) >9");
    BOOST_TEST(!list->was_damaged());
    BOOST_TEST(!list->find("x"));
    BOOST_TEST(!list->find(maildir::Uid{3}));
    BOOST_TEST(list->lower_bound(2) == 1U);
    // Unknown fields are kept, in the header and in the lines.
    BOOST_TEST(list->to_text() == "3 V1700000000 N9 G" + hex +
                                      " Xother Y\n1 :a.h\n2 W12 Pab:c :b.h x,S=1\n");
}

BOOST_AUTO_TEST_CASE(reads_version_1)
{
    const auto list = UidList::parse("1 1234567 8\n1 a.h\n5 b.h,S=1:2,S\n");
    BOOST_REQUIRE(list.has_value());
    BOOST_TEST(list->uid_validity() == 1234567U);
    BOOST_TEST(!list->guid());
    BOOST_TEST(shown(*list) == "1=a.h 5=b.h,S=1 >8");
}

struct Case {
    const char* lines;
    const char* expected;
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.lines;
    }
};

const Case whole[] = {
    {"", ">4"},
    {"7 :a\n", "7=a >8"},     // N is only as of the last rewrite
    {"1 :a\n2 :b", "1=a >4"}, // torn
    {"1 :a\n2 ", "1=a >4"},   // torn
    {"1 :a:2,S\n", "1=a >4"}, // flags do not belong here
    {"1 :with blank\n", "1=with blank >4"},
    {"4294967295 :a\n", "4294967295=a >0"}, // no UID is left
};

BOOST_DATA_TEST_CASE(reads_lines, whole)
{
    const auto list = UidList::parse(header + sample.lines);
    BOOST_REQUIRE(list.has_value());
    BOOST_TEST(shown(*list) == sample.expected);
    BOOST_TEST(!list->was_damaged());
}

const Case damaged[] = {
    {"1 :a\n2 :a\n", "2=a >4"},               // one name twice: the higher UID
    {"5 :a\n2 :a\n", "5=a >6"},               // in whatever order
    {"1 :a\n1 :b\n2 :c\n", "1=a 2=c >4"},     // one UID twice: the first line
    {"3 :c\n1 :a\n2 :b\n", "1=a 2=b 3=c >4"}, // out of order
    {"1 :a\n1 :a\n", "1=a >4"},               // one line twice
    {"2 :b\n1 :a\n3 :b\n9 :a\n", "3=b 9=a >10"},
    {"garbage\n1 :a\n\n:\n 2 :b\n", "1=a >4"},
    {"0 :a\n4294967296 :b\n-1 :c\n", ">4"},
    {"7\n8 \n9 a\n10 :\n", ">11"},             // a UID that stands there is used up
    {"1 :../x\n2 :.hidden\n3 :a\n", "3=a >4"}, // no name of a message
    {"5 :tor6 :b\n", "6=b >7"},                // glued to a torn line
    {"5 :1700.M1P26 :b\n", "6=b >7"},          // digits before the UID
    {"5 :17 W12 :b\n", "7=b >8"},              // with a field
    {"15 :x016 :b\n", "16=b >17"},
    {"5 :torn :b\n6 :c\n", "6=c >7"}, // nothing to go by
};

BOOST_DATA_TEST_CASE(keeps_what_is_right, damaged)
{
    const auto list = UidList::parse(header + sample.lines);
    BOOST_REQUIRE(list.has_value());
    BOOST_TEST(shown(*list) == sample.expected);
    BOOST_TEST(list->was_damaged());
    // What is written of it is sound, and the same.
    const auto again = UidList::parse(list->to_text());
    BOOST_REQUIRE(again.has_value());
    BOOST_TEST(shown(*again) == sample.expected);
    BOOST_TEST(!again->was_damaged());
}

const char* const refused[] = {
    "",          "\n",        "3 V1 N1",           "2 V1 N1\n", "3 N1\n",
    "3 V0 N1\n", "3 Vx N1\n", "x\n1 :a\n",         "1 5\n",     "1 0 5\n",
    "1 a b\n",   "3\n",       "3 V4294967296 N1\n"};

BOOST_DATA_TEST_CASE(refuses_what_has_no_uidvalidity, refused)
{
    const auto list = UidList::parse(sample);
    BOOST_REQUIRE(!list);
    BOOST_TEST((list.error().code == Errc::Corrupt));
}

BOOST_AUTO_TEST_CASE(torn_at_any_octet_keeps_every_whole_line)
{
    const std::string text = three + "4 W1 :d.h\n";
    std::string before = "!";
    for (std::size_t size = 0; size <= text.size(); ++size) {
        const std::string now = parsed(text.substr(0, size));
        const bool is_line_end = size > 0 && text[size - 1] == '\n';
        if (!is_line_end)
            BOOST_TEST(now == before);
        before = now;
    }
    BOOST_TEST(before == "1=a.h 2=b.h 3=c.h,S=1 4=d.h(W1) >5");
}

BOOST_AUTO_TEST_CASE(appending_after_a_torn_line_glues_nothing)
{
    const std::string text = three + "4 W1 :d.h\n";
    for (std::size_t size = header.size(); size <= text.size(); ++size) {
        const Temporary folder;
        folder.write(file, text.substr(0, size));
        auto list = load(folder);
        const maildir::Uid uid = list.uid_next();
        BOOST_TEST(list.append(folder.fd(), Lines{{uid, "new.h"}}).has_value());
        const std::string kept = text.substr(0, text.rfind('\n', size - 1) + 1);
        BOOST_TEST(folder.read(file) == kept + std::to_string(uid) + " :new.h\n");
        BOOST_TEST(shown(load(folder)) == shown(list));
        BOOST_TEST((load(folder).stamp() == list.stamp()));
    }
}

BOOST_AUTO_TEST_CASE(there_is_no_list_before_it_is_made)
{
    const Temporary folder;
    const auto none = UidList::load(folder.fd());
    BOOST_REQUIRE(!none);
    BOOST_TEST((none.error().code == Errc::NotFound));

    UidList list(1700000000, guid);
    BOOST_TEST(!folder.has(file));
    BOOST_TEST(
        list.append(folder.fd(), Lines{{1, "a.h"}, {2, "b.h", "W5"}}).has_value());
    BOOST_TEST(folder.read(file) ==
               "3 V1700000000 N1 G" + hex + "\n1 :a.h\n2 W5 :b.h\n");
    BOOST_TEST(shown(list) == "1=a.h 2=b.h(W5) >3");
    BOOST_TEST(list.append(folder.fd(), Lines{{3, "c.h"}}).has_value());
    BOOST_TEST(shown(load(folder)) == "1=a.h 2=b.h(W5) 3=c.h >4");
    BOOST_TEST(folder.names(".") == file);
}

BOOST_AUTO_TEST_CASE(an_empty_list_can_be_written)
{
    const Temporary folder;
    UidList list(5, guid, 100);
    BOOST_TEST(list.append(folder.fd(), {}).has_value());
    BOOST_TEST(folder.read(file) == "3 V5 N100 G" + hex + "\n");
}

BOOST_AUTO_TEST_CASE(only_names_and_uids_that_can_be_read_back_are_appended)
{
    const Temporary folder;
    folder.write(file, three);
    auto list = load(folder);
    for (const char* base : {"", "a\nb", "a:2,S", "a/b", ".a", "a;2,S"})
        BOOST_TEST(
            (list.append(folder.fd(), Lines{{4, base}}).error().code == Errc::Cannot));
    BOOST_TEST(
        (list.append(folder.fd(), Lines{{3, "x"}}).error().code == Errc::Internal));
    BOOST_TEST((list.append(folder.fd(), Lines{{5, "x"}, {5, "y"}}).error().code ==
                Errc::Internal));
    BOOST_TEST(folder.read(file) == three);
    BOOST_TEST(list.append(folder.fd(), Lines{{4294967295, "x"}}).has_value());
    BOOST_TEST((list.append(folder.fd(), Lines{{1, "y"}}).error().code == Errc::Limit));
}

BOOST_AUTO_TEST_CASE(a_list_that_others_have_changed_is_not_written)
{
    const Temporary folder;
    folder.write(file, three);
    auto ours = load(folder);
    auto theirs = load(folder);
    BOOST_TEST(theirs.append(folder.fd(), Lines{{4, "theirs"}}).has_value());
    BOOST_TEST(
        (ours.append(folder.fd(), Lines{{4, "ours"}}).error().code == Errc::Busy));
    BOOST_TEST((ours.rewrite(folder.fd()).error().code == Errc::Busy));
    BOOST_TEST((ours.compact(folder.fd(), {1}).error().code == Errc::Busy));

    BOOST_TEST((ours.load_tail(folder.fd()).value() == Change::Appended));
    BOOST_TEST(ours.append(folder.fd(), Lines{{5, "ours"}}).has_value());
    BOOST_TEST(shown(load(folder)) == "1=a.h 2=b.h 3=c.h,S=1 4=theirs 5=ours >6");

    UidList fresh(1, guid);
    BOOST_TEST((fresh.append(folder.fd(), {}).error().code == Errc::Busy));
    BOOST_TEST(::unlinkat(folder.fd(), file, 0) == 0);
    BOOST_TEST((ours.append(folder.fd(), {}).error().code == Errc::Busy));
}

BOOST_AUTO_TEST_CASE(load_tail_reads_whole_lines_as_they_come)
{
    const Temporary folder;
    const std::string text = three + "4 :d\n5 :e\n";
    folder.write(file, three);
    auto list = load(folder);
    BOOST_TEST((list.load_tail(folder.fd()).value() == Change::None));
    const base::UniqueFd out(
        ::openat(folder.fd(), file, O_WRONLY | O_APPEND | O_CLOEXEC));
    for (std::size_t at = three.size(); at < text.size(); ++at) {
        BOOST_TEST(io::write_all(out.get(), text.substr(at, 1)).has_value());
        const auto change = list.load_tail(folder.fd()).value();
        BOOST_TEST((change == (text[at] == '\n' ? Change::Appended : Change::None)));
        BOOST_TEST(shown(list) == parsed(text.substr(0, at + 1)));
    }
    BOOST_TEST((list.load_tail(folder.fd()).value() == Change::None));
}

BOOST_AUTO_TEST_CASE(load_tail_sees_a_file_put_in_place_of_the_other)
{
    const Temporary folder;
    folder.write(file, three);
    auto list = load(folder);
    BOOST_TEST(io::replace_file_at(folder.fd(), file, three + "4 :d\n").has_value());
    BOOST_TEST((list.load_tail(folder.fd()).value() == Change::Replaced));
    BOOST_TEST(shown(list) == "1=a.h 2=b.h 3=c.h,S=1 4=d >5");

    // The same inode with other content, as when its number has been given out again.
    folder.write(file, header + "1 :x\n2 :y\n3 :z,S=100\n4 :q\n5 :r\n");
    BOOST_TEST((list.load_tail(folder.fd()).value() == Change::Replaced));
    BOOST_TEST(shown(list) == "1=x 2=y 3=z,S=100 4=q 5=r >6");
    folder.write(file, header);
    BOOST_TEST((list.load_tail(folder.fd()).value() == Change::Replaced));
    BOOST_TEST(shown(list) == ">4");

    folder.write(file, "garbage");
    BOOST_TEST((list.load_tail(folder.fd()).error().code == Errc::Corrupt));
    BOOST_TEST(shown(list) == ">4"); // as it was
    BOOST_TEST(::unlinkat(folder.fd(), file, 0) == 0);
    BOOST_TEST((list.load_tail(folder.fd()).error().code == Errc::NotFound));
}

BOOST_AUTO_TEST_CASE(compacting_forgets_the_dead_but_not_their_uids)
{
    const Temporary folder;
    folder.write(file, three + "torn");
    auto list = load(folder);
    BOOST_TEST(list.compact(folder.fd(), {2}).has_value());
    BOOST_TEST(folder.read(file) == header + "2 :b.h\n");
    BOOST_TEST(shown(list) == "2=b.h >4");
    BOOST_TEST(shown(load(folder)) == "2=b.h >4");
    BOOST_TEST((load(folder).stamp() == list.stamp()));
    BOOST_TEST(list.compact(folder.fd(), {}).has_value());
    BOOST_TEST(shown(load(folder)) == ">4");
}

BOOST_AUTO_TEST_CASE(compaction_pays_when_a_quarter_is_dead)
{
    std::string text = header;
    for (int uid = 1; uid <= 1000; ++uid)
        text += std::to_string(uid) + " :m" + std::to_string(uid) + "\n";
    const auto list = UidList::parse(text).value();
    BOOST_TEST(!list.needs_compaction(1000));
    BOOST_TEST(!list.needs_compaction(1200)); // files that have no line yet
    BOOST_TEST(!list.needs_compaction(749));
    BOOST_TEST(list.needs_compaction(748));
    BOOST_TEST(list.needs_compaction(0));
}

BOOST_AUTO_TEST_CASE(a_guid_and_a_next_uid_can_be_set)
{
    const Temporary folder;
    folder.write(file, "3 V9 N2\n1 :a\n");
    auto list = load(folder);
    BOOST_TEST(!list.guid());
    list.set_guid(guid);
    list.raise_uid_next(1);
    BOOST_TEST(list.uid_next() == 2U);
    list.raise_uid_next(50);
    BOOST_TEST(list.rewrite(folder.fd()).has_value());
    BOOST_TEST(folder.read(file) == "3 V9 N50 G" + hex + "\n1 :a\n");
}

BOOST_AUTO_TEST_CASE(courier_is_taken_over_with_its_uids)
{
    const Temporary folder;
    BOOST_TEST((UidList::import_courier(folder.fd()).error().code == Errc::NotFound));
    folder.write("courierimapuiddb", "1 700000000 3\n1 a.h\n2 b.h\n");
    auto list = UidList::import_courier(folder.fd()).value();
    list.set_guid(guid);
    BOOST_TEST(list.append(folder.fd(), Lines{{3, "c.h"}}).has_value());
    BOOST_TEST(folder.read(file) ==
               "3 V700000000 N3 G" + hex + "\n1 :a.h\n2 :b.h\n3 :c.h\n");
    BOOST_TEST(shown(list) == "1=a.h 2=b.h 3=c.h >4");
}

BOOST_AUTO_TEST_CASE(version_1_of_our_own_file_becomes_3_with_the_first_append)
{
    const Temporary folder;
    folder.write(file, "1 700000000 3\n1 a.h\n2 b.h\n3 to");
    auto list = load(folder);
    BOOST_TEST(list.append(folder.fd(), Lines{{3, "c.h"}}).has_value());
    BOOST_TEST(folder.read(file) == "3 V700000000 N3\n1 :a.h\n2 :b.h\n3 :c.h\n");
}

BOOST_AUTO_TEST_CASE(an_append_that_fails_leaves_nothing_behind)
{
    const Temporary folder;
    folder.write(file, three);
    const pid_t child = ::fork(); // the limit would stay with us
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        ::signal(SIGXFSZ, SIG_IGN);
        auto list = load(folder);
        const rlimit limit = {three.size() + 10, three.size() + 10};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        const auto done = list.append(folder.fd(), Lines{{4, "a-name-too-long"}});
        const bool is_right = !done && done.error().code == Errc::NoSpace &&
                              list.uid_next() == 4 &&
                              list.append(folder.fd(), Lines{{4, "s"}}).has_value();
        ::_exit(is_right ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    BOOST_TEST(status == 0);
    BOOST_TEST(folder.read(file) == three + "4 :s\n");
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_lines_are_read_at_once)
{
    std::string text = header;
    for (int uid = 1; uid <= 100'000; ++uid)
        text += std::to_string(uid) + " :" + std::to_string(1'600'000'000 + uid) +
                ".M123456P1234Q1R0123456789abcdef.host,S=12345,W=12400\n";
    const auto begun = std::chrono::steady_clock::now();
    const auto list = UidList::parse(std::move(text)).value();
    const auto took = std::chrono::steady_clock::now() - begun;
    BOOST_TEST_MESSAGE(
        std::chrono::duration_cast<std::chrono::milliseconds>(took).count() << " ms");
    BOOST_TEST(list.size() == 100'000U);
    BOOST_TEST(list.uid_next() == 100'001U);
    BOOST_TEST(list.find("1600050000.M123456P1234Q1R0123456789abcdef.host,S=12345,"
                         "W=12400")
                   ->uid == 50'000U);
}

BOOST_AUTO_TEST_CASE(knows_whether_all_of_it_is_on_disk)
{
    Temporary folder;
    UidList made(1700000000, guid);
    BOOST_TEST(!made.is_saved());
    BOOST_REQUIRE(made.rewrite(folder.fd()).has_value());
    BOOST_TEST(made.is_saved());
    UidList list = load(folder);
    BOOST_TEST(list.is_saved());
    list.raise_uid_next(1);
    BOOST_TEST(list.is_saved());
    list.raise_uid_next(9);
    BOOST_TEST(!list.is_saved());
    BOOST_REQUIRE(list.rewrite(folder.fd()).has_value());
    BOOST_TEST(list.is_saved());
    list.set_guid(guid);
    BOOST_TEST(!list.is_saved());
    folder.write(file, "1 1700000000 5\n1 a.h\n");
    BOOST_TEST(!load(folder).is_saved());
    folder.write("courierimapuiddb", "1 1700000000 5\n1 a.h\n");
    BOOST_TEST(!UidList::import_courier(folder.fd())->is_saved());
}

BOOST_AUTO_TEST_SUITE_END()
