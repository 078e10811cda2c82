// SPDX-License-Identifier: ISC
#include "index/index.h"

#include <array>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/unique_fd.h"
#include "fixture.h"
#include "index/header.h"

namespace {

using indexing::Index;
using indexing::Options;
using indexing::Read;
using indexing::Write;

struct Place {
    TemporaryDirectory directory;
    StillClock clock;
};

const Options this_boot = {.boot_id = "this"};
const Options next_boot = {.boot_id = "next"};

bool exists(const std::string& path)
{
    struct stat about = {};
    return ::stat(path.c_str(), &about) == 0;
}

void write_file(const std::string& path, const std::string& content)
{
    const base::UniqueFd file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    BOOST_REQUIRE(::write(file.get(), content.data(), content.size()) ==
                  static_cast<ssize_t>(content.size()));
}

/// What is left when a session with a folder of `count` messages is killed.
void leave_behind(const Place& place, std::uint32_t count)
{
    const int status = in_child([&] {
        auto index = Index::open(place.directory.path(), place.clock, this_boot);
        const auto done = index->write([&](Write& write) -> base::Status {
            const auto folder = write.create_folder("INBOX", 1, 1, {});
            std::vector<indexing::MessageRecord> batch;
            for (std::uint32_t uid = 1; uid <= count; ++uid)
                batch.push_back(message(uid, std::to_string(uid)));
            return write.put_messages(folder->id, batch);
        });
        ::_exit(done ? 0 : 1);
    });
    BOOST_REQUIRE(status == 0);
}

/// Two processes taking turns.
class Turns {
public:
    Turns()
    {
        BOOST_REQUIRE(::pipe2(to_child_.data(), O_CLOEXEC) == 0);
        BOOST_REQUIRE(::pipe2(to_parent_.data(), O_CLOEXEC) == 0);
    }
    ~Turns()
    {
        for (const int fd : {to_child_[0], to_child_[1], to_parent_[0], to_parent_[1]})
            ::close(fd);
    }
    void child_goes() const { pass(to_child_[1]); }
    void parent_goes() const { pass(to_parent_[1]); }
    void await_child() const { take(to_parent_[0]); }
    void await_parent() const { take(to_child_[0]); }

private:
    static void pass(int fd)
    {
        if (::write(fd, "x", 1) != 1)
            ::_exit(8);
    }
    static void take(int fd)
    {
        char got = 0;
        if (::read(fd, &got, 1) != 1)
            ::_exit(8);
    }
    std::array<int, 2> to_child_ = {};
    std::array<int, 2> to_parent_ = {};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(open_and_close, Place)

BOOST_AUTO_TEST_CASE(makes_a_file_that_nobody_else_may_read)
{
    const Index index = opened(directory, clock);
    struct stat about = {};
    BOOST_REQUIRE(::stat(directory.file().c_str(), &about) == 0);
    BOOST_TEST((about.st_mode & 07777) == 0600u);
    BOOST_TEST(index.emptied_because() == "new");
    BOOST_TEST(index.is_current());
    BOOST_TEST(!exists(directory.file() + "-lock"));
}

BOOST_AUTO_TEST_CASE(keeps_what_is_in_it)
{
    {
        Index index = opened(directory, clock);
        fill(index, "INBOX", 10);
    }
    const Index index = opened(directory, clock);
    BOOST_TEST(index.emptied_because() == "");
    BOOST_TEST(index.read().folder("INBOX")->messages == 10u);
}

BOOST_AUTO_TEST_CASE(says_that_the_directory_is_missing)
{
    const auto index = Index::open(directory.path() + "/none", clock);
    BOOST_REQUIRE(!index.has_value());
    BOOST_TEST((index.error().code == base::Errc::NotFound));
}

BOOST_AUTO_TEST_CASE(keeps_what_a_killed_process_left)
{
    leave_behind(*this, 3000);
    const Index index = opened(directory, clock, this_boot);
    BOOST_TEST(index.emptied_because() == "");
    BOOST_TEST(index.read().folder("INBOX")->messages == 3000u);
}

BOOST_AUTO_TEST_CASE(forgets_what_a_crashed_machine_left)
{
    leave_behind(*this, 10);
    const Index index = opened(directory, clock, next_boot);
    BOOST_TEST(index.emptied_because() == "reboot");
    BOOST_TEST(!index.read().folder("INBOX").has_value());
    BOOST_TEST(!exists(directory.aside()));
}

BOOST_AUTO_TEST_CASE(keeps_over_a_reboot_what_was_closed)
{
    {
        Index index = opened(directory, clock, this_boot);
        fill(index, "INBOX", 10);
    }
    {
        Index index = opened(directory, clock, next_boot);
        BOOST_TEST(index.emptied_because() == "");
        fill(index, "Sent", 10);
    }
    const Index index = opened(directory, clock, this_boot);
    BOOST_TEST(index.read().folder("INBOX").has_value());
    BOOST_TEST(index.read().folder("Sent").has_value());
}

BOOST_AUTO_TEST_CASE(the_first_change_after_a_close_takes_the_mark_away)
{
    {
        Index index = opened(directory, clock, this_boot);
        fill(index, "INBOX", 1);
    }
    const int status = in_child([&] {
        auto index = Index::open(directory.path(), clock, this_boot);
        ::_exit(index->write([](Write& write) { write.next_modseq(1); }) ? 0 : 1);
    });
    BOOST_TEST(status == 0);
    BOOST_TEST(opened(directory, clock, next_boot).emptied_because() == "reboot");
}

BOOST_AUTO_TEST_CASE(only_the_last_to_close_marks_it)
{
    Turns turns;
    const pid_t child = ::fork();
    if (child == 0) {
        auto index = Index::open(directory.path(), clock, this_boot);
        turns.parent_goes();
        turns.await_parent();
        ::_exit(0); // killed, so to speak
    }
    turns.await_child();
    {
        Index index = opened(directory, clock, this_boot);
        fill(index, "INBOX", 1);
    }
    turns.child_goes();
    ::waitpid(child, nullptr, 0);
    BOOST_TEST(opened(directory, clock, next_boot).emptied_because() == "reboot");
}

BOOST_AUTO_TEST_CASE(forgets_what_somebody_has_touched_or_restored)
{
    {
        Index index = opened(directory, clock, this_boot);
        fill(index, "INBOX", 10);
    }
    {
        const base::UniqueFd file(
            ::open(directory.file().c_str(), O_WRONLY | O_CLOEXEC));
        BOOST_REQUIRE(::pwrite(file.get(), "x", 1, 9000) == 1);
    }
    BOOST_TEST(opened(directory, clock, this_boot).emptied_because() == "touched");
}

BOOST_AUTO_TEST_CASE(sets_aside_what_is_not_an_index)
{
    for (const std::string& content :
         {std::string("hello"), std::string(100'000, 'x'), std::string(8192, '\0')}) {
        write_file(directory.file(), content);
        const Index index = opened(directory, clock);
        BOOST_TEST(index.emptied_because() == "foreign");
        struct stat about = {};
        BOOST_REQUIRE(::stat(directory.aside().c_str(), &about) == 0);
        BOOST_TEST(static_cast<std::size_t>(about.st_size) == content.size());
    }
}

BOOST_AUTO_TEST_CASE(sets_aside_a_later_format_unless_somebody_uses_it)
{
    Index index = opened(directory, clock);
    fill(index, "INBOX", 1);
    const base::UniqueFd file(::open(directory.file().c_str(), O_RDWR | O_CLOEXEC));
    auto header = indexing::Header::read(file.get());
    BOOST_REQUIRE(header.has_value());
    ++header->format;
    BOOST_REQUIRE(header->write(file.get()).has_value());
    const int status = in_child([&] {
        const auto other = Index::open(directory.path(), clock);
        ::_exit(!other && other.error().code == base::Errc::Busy ? 0 : 1);
    });
    BOOST_TEST(status == 0);
    BOOST_TEST(index.is_current());
    {
        const Index closed = std::move(index);
    }
    // Its last user was of this version and marked it anew: make it later again.
    BOOST_REQUIRE(header->write(file.get()).has_value());
    BOOST_TEST(opened(directory, clock).emptied_because() == "newer");
    BOOST_TEST(exists(directory.aside()));
}

BOOST_AUTO_TEST_CASE(sets_aside_what_was_cut_short)
{
    for (const off_t size : {100, 4096, 8192, 12288, 40960}) {
        ::unlink(directory.file().c_str());
        leave_behind(*this, 3000);
        BOOST_REQUIRE(::truncate(directory.file().c_str(), size) == 0);
        const Index index = opened(directory, clock, this_boot);
        BOOST_TEST(index.emptied_because() != "");
        BOOST_TEST(!index.read().folder("INBOX").has_value());
    }
}

BOOST_AUTO_TEST_CASE(notices_that_the_open_file_was_cut_short)
{
    Index index = opened(directory, clock);
    fill(index, "INBOX", 3000);
    for (const off_t size : {20480, 0}) {
        BOOST_REQUIRE(::truncate(directory.file().c_str(), size) == 0);
        BOOST_CHECK_THROW(index.read(), indexing::Damaged);
        const auto done = index.write([](Write&) {});
        BOOST_REQUIRE(!done.has_value());
        BOOST_TEST((done.error().code == base::Errc::Corrupt));
        BOOST_TEST(!index.is_current());
        {
            const Index closed = std::move(index);
        }
        index = opened(directory, clock);
        BOOST_TEST(index.is_current());
        fill(index, "INBOX", 3000);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(transactions, Place)

BOOST_AUTO_TEST_CASE(reads_within_reads_share_a_moment)
{
    Index index = opened(directory, clock);
    fill(index, "INBOX", 1);
    const Read outer = index.read();
    const Read inner = index.read();
    BOOST_TEST(inner.folder("INBOX").has_value());
}

/// How much of the index is part of this process's memory. KiB.
int mapped_kib()
{
    std::ifstream file("/proc/self/smaps");
    std::string line;
    bool is_index = false;
    while (std::getline(file, line)) {
        if (line.find(" r--s ") != std::string::npos)
            is_index = line.ends_with(indexing::file_name);
        if (is_index && line.starts_with("Rss:"))
            return std::stoi(line.substr(4));
    }
    return 0;
}

BOOST_AUTO_TEST_CASE(a_rest_after_much_reading_gives_the_pages_back)
{
    const Place here;
    leave_behind(here, 3000);
    auto index = Index::open(here.directory.path(), here.clock, this_boot);
    BOOST_REQUIRE(index);
    const auto count = [&] {
        std::size_t messages = 0;
        const auto read = index->read();
        read.for_each(read.folder("INBOX")->id, 1, 3000,
                      [&](const auto&) { ++messages; });
        return messages;
    };
    BOOST_TEST(count() == 3000U);
    const int before = mapped_kib();
    BOOST_TEST(before > 200);
    index->rest();
    BOOST_TEST(mapped_kib() < before / 2);
    BOOST_TEST(index->is_current());
    BOOST_TEST(count() == 3000U);
    index->rest();
    BOOST_TEST(
        index->write([](Write& write) { return write.create_folder("A", 1, 1, {}); })
            .has_value());
}

BOOST_AUTO_TEST_CASE(a_write_neither_begins_in_a_read_nor_lets_one_begin)
{
    Index index = opened(directory, clock);
    {
        const Read read = index.read();
        BOOST_CHECK_THROW(static_cast<void>(index.write([](Write&) {})),
                          std::logic_error);
    }
    const auto nested = [&](Write&) { index.read(); };
    BOOST_CHECK_THROW(static_cast<void>(index.write(nested)), std::logic_error);
    BOOST_TEST(index.write([](Write&) {}).has_value());
}

BOOST_AUTO_TEST_CASE(an_error_or_an_exception_undoes_it_all)
{
    Index index = opened(directory, clock);
    const auto refused = index.write([](Write& write) -> base::Status {
        static_cast<void>(write.create_folder("a", 1, 1, {}));
        return base::Error{base::Errc::Busy, "no"};
    });
    BOOST_REQUIRE(!refused.has_value());
    BOOST_TEST((refused.error().code == base::Errc::Busy));
    const auto thrown = [](Write& write) {
        static_cast<void>(write.create_folder("b", 1, 1, {}));
        throw std::runtime_error("no");
    };
    BOOST_CHECK_THROW(static_cast<void>(index.write(thrown)), std::runtime_error);
    BOOST_TEST(index.read().folders().empty());
    const auto given =
        index.write([](Write& write) { return write.create_folder("c", 1, 1, {}); });
    BOOST_TEST(given->id == 1u);
}

BOOST_AUTO_TEST_CASE(a_killed_writer_leaves_nothing_and_holds_up_nobody)
{
    Index index = opened(directory, clock);
    fill(index, "INBOX", 100);
    Turns turns;
    const pid_t child = ::fork();
    if (child == 0) {
        auto other = Index::open(directory.path(), clock);
        static_cast<void>(other->write([&](Write& write) {
            static_cast<void>(write.drop_folder("INBOX"));
            static_cast<void>(write.create_folder("Sent", 1, 1, {}));
            turns.parent_goes();
            turns.await_parent(); // for ever
        }));
        ::_exit(1);
    }
    turns.await_child();
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    BOOST_TEST(index.read().folder("INBOX")->messages == 100u);
    BOOST_TEST(!index.read().folder("Sent").has_value());
    fill(index, "Sent", 10);
    BOOST_TEST(index.read().folder("Sent")->messages == 10u);
}

BOOST_AUTO_TEST_CASE(two_processes_lose_no_change_of_each_other)
{
    constexpr int rounds = 300;
    Index index = opened(directory, clock);
    fill(index, "INBOX", 1);
    const std::uint64_t start = index.read().folder("INBOX")->highest_modseq;
    const auto count = [&](Index& counter) {
        for (int i = 0; i < rounds; ++i) {
            if (!counter.write([](Write& write) { write.next_modseq(1); }))
                return false;
            if (counter.read().folder(1)->highest_modseq == 0)
                return false;
        }
        return true;
    };
    const pid_t child = ::fork();
    if (child == 0) {
        auto other = Index::open(directory.path(), clock);
        ::_exit(count(*other) ? 0 : 1);
    }
    BOOST_TEST(count(index));
    int status = -1;
    ::waitpid(child, &status, 0);
    BOOST_TEST(status == 0);
    BOOST_TEST(index.read().folder(1)->highest_modseq == start + 2 * rounds);
}

BOOST_AUTO_TEST_CASE(the_map_grows_under_two_processes)
{
    const Options small = {.map_size = 256 * 1024, .boot_id = {}};
    Index index = opened(directory, clock, small);
    Turns turns;
    const pid_t child = ::fork();
    if (child == 0) {
        auto other = Index::open(directory.path(), clock, small);
        for (int round = 0; round < 5; ++round) {
            turns.await_parent();
            const std::string theirs = "parent" + std::to_string(round);
            if (other->read().folder(theirs)->messages != 3000)
                ::_exit(1);
            fill(*other, "child" + std::to_string(round), 3000);
            turns.parent_goes();
        }
        ::_exit(0);
    }
    for (int round = 0; round < 5; ++round) {
        fill(index, "parent" + std::to_string(round), 3000);
        turns.child_goes();
        turns.await_child();
        const auto theirs = index.read().folder("child" + std::to_string(round));
        BOOST_REQUIRE(theirs.has_value());
        BOOST_TEST(theirs->messages == 3000u);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    BOOST_TEST(status == 0);
    BOOST_TEST(index.read().folders().size() == 10u);
}

BOOST_AUTO_TEST_CASE(a_deleted_index_serves_on_until_it_is_opened_again)
{
    Index index = opened(directory, clock);
    fill(index, "INBOX", 10);
    {
        const Read read = index.read();
        BOOST_REQUIRE(::unlink(directory.file().c_str()) == 0);
        BOOST_TEST(read.folder("INBOX")->messages == 10u);
    }
    BOOST_TEST(!index.is_current());
    fill(index, "Sent", 10); // nobody will see it
    const int status = in_child([&] {
        auto other = Index::open(directory.path(), clock);
        fill(*other, "new", 10);
        ::_exit(other->read().folders().size() == 1 ? 0 : 1);
    });
    BOOST_TEST(status == 0);
    BOOST_TEST(!index.is_current());
    BOOST_TEST(index.read().folders().size() == 2u);
    {
        const Index closed = std::move(index);
    }
    const Index again = opened(directory, clock);
    BOOST_TEST(again.read().folder("new").has_value());
    BOOST_TEST(!again.read().folder("INBOX").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
