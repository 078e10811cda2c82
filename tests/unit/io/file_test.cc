// SPDX-License-Identifier: ISC
#include "io/file.h"

#include <cstdlib>
#include <string>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

namespace {

using base::Errc;

/// A directory of our own; what the tests put into it goes with it.
class Directory {
public:
    Directory()
    {
        BOOST_REQUIRE(::mkdtemp(path_.data()) != nullptr);
        fd_ = base::UniqueFd(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
    ~Directory()
    {
        for (const std::string& name : names())
            ::unlinkat(fd(), name.c_str(), 0);
        ::rmdir(path_.c_str());
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    int fd() const { return fd_.get(); }
    std::vector<std::string> names() const
    {
        std::vector<std::string> found;
        DIR* const dir = ::opendir(path_.c_str());
        while (const dirent* const entry = dir == nullptr ? nullptr : ::readdir(dir)) {
            const std::string name = entry->d_name;
            if (name != "." && name != "..")
                found.push_back(name);
        }
        if (dir != nullptr)
            ::closedir(dir);
        return found;
    }

private:
    std::string path_ = "/tmp/avocet-test-XXXXXX";
    base::UniqueFd fd_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(file)

BOOST_AUTO_TEST_CASE(writes_and_reads_back)
{
    const Directory directory;
    const std::string content(100'000, 'x');
    auto file = io::open_at(directory.fd(), "f", O_RDWR | O_CREAT | O_EXCL);
    BOOST_REQUIRE(file.has_value());
    BOOST_TEST((::fcntl(file->get(), F_GETFD) & FD_CLOEXEC) != 0);
    BOOST_TEST(io::write_all(file->get(), content).has_value());
    BOOST_TEST(io::sync(file->get()).has_value());
    BOOST_TEST(io::sync_data(file->get()).has_value());
    BOOST_TEST((io::read_file_at(directory.fd(), "f", 100'000).value() == content));

    char buffer[10];
    BOOST_TEST(io::read_at(file->get(), buffer, 99'995).value() == 5U);
    BOOST_TEST(io::read_at(file->get(), buffer, 100'000).value() == 0U);
    BOOST_TEST(io::read_at(file->get(), buffer, 7).value() == 10U);
    BOOST_TEST(io::read(file->get(), buffer).value() == 0U); // at the end
}

BOOST_AUTO_TEST_CASE(reading_has_a_limit)
{
    const Directory directory;
    BOOST_TEST(io::replace_file_at(directory.fd(), "f", "12345").has_value());
    BOOST_TEST(io::read_file_at(directory.fd(), "f", 5).value() == "12345");
    const auto cut = io::read_file_at(directory.fd(), "f", 4);
    BOOST_REQUIRE(!cut);
    BOOST_TEST((cut.error().code == Errc::Limit));
}

BOOST_AUTO_TEST_CASE(a_fifo_that_nobody_writes_to_is_an_empty_file)
{
    const Directory directory;
    BOOST_REQUIRE(::mkfifoat(directory.fd(), "f", 0600) == 0);
    BOOST_TEST(io::read_file_at(directory.fd(), "f", 5).value() == "");
}

BOOST_AUTO_TEST_CASE(says_what_failed_and_on_what)
{
    const Directory directory;
    const auto missing = io::open_at(directory.fd(), "nothing", O_RDONLY);
    BOOST_REQUIRE(!missing);
    BOOST_TEST((missing.error().code == Errc::NotFound));
    BOOST_TEST(missing.error().text.find("nothing") != std::string::npos);
    BOOST_TEST((io::read_file_at(directory.fd(), "nothing", 9).error().code ==
                Errc::NotFound));
    BOOST_TEST(!io::write_all(-1, "x").has_value());
    BOOST_TEST(!io::sync(-1).has_value());
    BOOST_TEST(!io::sync_data(-1).has_value());
    char buffer[1];
    BOOST_TEST(!io::read(-1, buffer).has_value());
    BOOST_TEST(!io::read_at(-1, buffer, 0).has_value());
}

BOOST_AUTO_TEST_CASE(replaces_whole_and_leaves_nothing_beside)
{
    const Directory directory;
    BOOST_TEST(io::replace_file_at(directory.fd(), "f", "old", 0640).has_value());
    BOOST_TEST(io::replace_file_at(directory.fd(), "f", "newer", 0600).has_value());
    BOOST_TEST(io::read_file_at(directory.fd(), "f", 99).value() == "newer");
    BOOST_TEST(directory.names().size() == 1U);
    struct stat status = {};
    BOOST_REQUIRE(::fstatat(directory.fd(), "f", &status, 0) == 0);
    BOOST_TEST((status.st_mode & 0777) == 0600U);
}

BOOST_AUTO_TEST_CASE(a_failed_replacement_leaves_the_old_file)
{
    const Directory directory;
    BOOST_REQUIRE(::mkdirat(directory.fd(), "d", 0700) == 0);
    BOOST_TEST(!io::replace_file_at(directory.fd(), "d", "x").has_value());
    BOOST_TEST(directory.names().size() == 1U);
    ::unlinkat(directory.fd(), "d", AT_REMOVEDIR);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_settled_is_open_still)
{
    const Directory directory;
    const auto file = io::open_at(directory.fd(), "f", O_RDWR | O_CREAT);
    BOOST_TEST(io::write_all(file->get(), "12").has_value());
    BOOST_TEST(io::settle(file->get()).has_value());
    BOOST_TEST(io::write_all(file->get(), "3").has_value());
    BOOST_TEST(io::read_file_at(directory.fd(), "f", 5).value() == "123");
    BOOST_TEST(!io::settle(-1).has_value());
}

BOOST_AUTO_TEST_CASE(a_lock_keeps_others_out)
{
    const Directory directory;
    auto mine = io::open_at(directory.fd(), "f", O_RDWR | O_CREAT);
    const auto other = io::open_at(directory.fd(), "f", O_RDWR);
    BOOST_TEST(io::lock(mine->get()).has_value());
    BOOST_TEST(::flock(other->get(), LOCK_EX | LOCK_NB) != 0);
    mine->reset();
    BOOST_TEST(::flock(other->get(), LOCK_EX | LOCK_NB) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
