// SPDX-License-Identifier: ISC
#include "sandbox/landlock.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "base/unique_fd.h"
#include "child.h"
#include "sandbox/drop.h"

namespace {

/// A directory with `mine/new`, `mine/cur`, `other/file` and the file `alone`.
class Place {
public:
    Place()
    {
        char name[] = "/tmp/avocet-landlock-XXXXXX";
        BOOST_REQUIRE(::mkdtemp(name) != nullptr);
        path_ = name;
        for (const char* directory : {"/mine", "/mine/new", "/mine/cur", "/other"})
            BOOST_REQUIRE(::mkdir((path_ + directory).c_str(), 0700) == 0);
        for (const char* file : {"/mine/new/m", "/other/file", "/alone"})
            BOOST_REQUIRE(base::UniqueFd(
                ::open((path_ + file).c_str(), O_CREAT | O_WRONLY, 0600)));
    }
    ~Place()
    {
        for (const char* file : {"/mine/new/m", "/mine/cur/m", "/other/file", "/alone"})
            ::unlink((path_ + file).c_str());
        for (const char* directory : {"/mine/new", "/mine/cur", "/mine", "/other", ""})
            ::rmdir((path_ + directory).c_str());
    }
    std::string operator()(const char* name) const { return path_ + name; }

private:
    std::string path_;
};

bool opens(const std::string& path, int flags)
{
    return static_cast<bool>(base::UniqueFd(::open(path.c_str(), flags | O_CLOEXEC)));
}

/// Whether we are shut in now: a kernel without Landlock is no failure of ours.
bool shut_in(const sandbox::Reach& reach)
{
    return sandbox::no_new_privileges().has_value() &&
           sandbox::confine(reach).has_value();
}

bool is_there()
{
    return sandbox::can_confine().has_value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(landlock, *boost::unit_test::precondition(
                                    [](auto) -> boost::test_tools::assertion_result {
                                        return is_there();
                                    }))

BOOST_AUTO_TEST_CASE(what_is_writable_can_be_worked_in)
{
    const Place place;
    BOOST_TEST(in_a_child([&] {
        return shut_in({{place("/mine")}, {}}) && opens(place("/mine/new/m"), O_RDWR) &&
               ::rename(place("/mine/new/m").c_str(), place("/mine/cur/m").c_str()) ==
                   0 &&
               ::unlink(place("/mine/cur/m").c_str()) == 0;
    }));
}

BOOST_AUTO_TEST_CASE(all_else_is_out_of_reach)
{
    const Place place;
    BOOST_TEST(in_a_child([&] {
        return shut_in({{place("/mine")}, {}}) &&
               !opens(place("/other/file"), O_RDONLY) && errno == EACCES &&
               !opens(place("/other"), O_RDONLY | O_DIRECTORY) &&
               !opens("/proc/self/mem", O_RDONLY) && !opens("/etc/passwd", O_RDONLY) &&
               ::unlink(place("/other/file").c_str()) != 0 &&
               ::rename(place("/mine/new/m").c_str(), place("/other/m").c_str()) != 0 &&
               ::symlink("x", place("/mine/link").c_str()) != 0;
    }));
}

BOOST_AUTO_TEST_CASE(what_is_readable_can_be_read_only)
{
    const Place place;
    BOOST_TEST(in_a_child([&] {
        return shut_in({{}, {place("/other"), place("/alone")}}) &&
               opens(place("/other/file"), O_RDONLY) &&
               opens(place("/alone"), O_RDONLY) &&
               !opens(place("/other/file"), O_WRONLY) &&
               !opens(place("/alone"), O_WRONLY);
    }));
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_left_out)
{
    const Place place;
    BOOST_TEST(in_a_child([&] {
        return shut_in({{place("/none")}, {place("/nor this"), ""}}) &&
               !opens(place("/alone"), O_RDONLY);
    }));
}

BOOST_AUTO_TEST_CASE(nobody_outside_can_be_spoken_to_by_an_abstract_name)
{
    sockaddr_un name = {AF_UNIX, ""};
    const std::string text = "avocet-" + std::to_string(::getpid());
    text.copy(name.sun_path + 1, sizeof name.sun_path - 1);
    const auto* const address = reinterpret_cast<const sockaddr*>(&name);
    const base::UniqueFd ours(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const base::UniqueFd theirs(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    BOOST_REQUIRE(::bind(ours.get(), address, sizeof name) == 0);
    const auto speak = [&] {
        return ::sendto(theirs.get(), "x", 1, MSG_DONTWAIT, address, sizeof name) == 1;
    };
    BOOST_TEST(in_a_child(speak));
    const long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0,
                               LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 6)
        return; // nothing is promised there
    BOOST_TEST(in_a_child([&] { return shut_in({}) && !speak() && errno == EPERM; }));
    BOOST_TEST(in_a_child(
        [&] { return shut_in({}) && ::kill(::getppid(), 0) < 0 && errno == EPERM; }));
}

BOOST_AUTO_TEST_CASE(nothing_can_be_executed)
{
    BOOST_TEST(in_a_child([] {
        if (!shut_in({{}, {"/"}}))
            return false;
        ::execl("/bin/true", "true", nullptr);
        return errno == EACCES;
    }));
}

BOOST_AUTO_TEST_SUITE_END()
