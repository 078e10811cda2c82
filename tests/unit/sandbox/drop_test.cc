// SPDX-License-Identifier: ISC
#include "sandbox/drop.h"

#include <cstdio>
#include <functional>

#include <dirent.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

namespace {

/// A uid nobody has: the tests need no account.
constexpr uid_t somebody = 54321;
constexpr gid_t some_group = 54322;

/// The first step that returned false in a child of its own, from 1; 0 if all held.
int failing_step(std::initializer_list<std::function<bool()>> steps)
{
    std::fflush(nullptr);
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        int step = 0;
        for (const auto& holds : steps) {
            ++step;
            if (!holds())
                ::_exit(step);
        }
        ::_exit(0);
    }
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_REQUIRE(WIFEXITED(status));
    return WEXITSTATUS(status);
}

bool skip_without_root()
{
    if (sandbox::is_privileged())
        return false;
    BOOST_TEST_MESSAGE("skipped: needs root");
    return true;
}

bool root_is_empty()
{
    DIR* const root = ::opendir("/");
    if (root == nullptr)
        return true; // a removed directory may not even be opened
    int entries = 0;
    while (const dirent* const entry = ::readdir(root))
        entries += entry->d_name[0] != '.' ? 1 : 0;
    ::closedir(root);
    return entries == 0;
}

} // namespace

BOOST_AUTO_TEST_SUITE(drop)

BOOST_AUTO_TEST_CASE(drops_for_good)
{
    if (skip_without_root())
        return;
    const int failed = failing_step({
        [] { return sandbox::drop_to(somebody, some_group).has_value(); },
        [] { return ::getuid() == somebody && ::geteuid() == somebody; },
        [] { return ::getgid() == some_group && ::getegid() == some_group; },
        [] { return ::getgroups(0, nullptr) == 0; },
        [] { return ::setuid(0) != 0 && ::seteuid(0) != 0; },
        [] { return ::setgid(0) != 0; },
        [] { return ::chroot("/") != 0; },
    });
    BOOST_TEST(failed == 0);
}

BOOST_AUTO_TEST_CASE(takes_the_supplementary_groups_of_an_account)
{
    if (skip_without_root())
        return;
    const int failed = failing_step({
        [] { return sandbox::drop_to(somebody, some_group, "daemon").has_value(); },
        [] { return ::getgroups(0, nullptr) >= 1; },
    });
    BOOST_TEST(failed == 0);
}

BOOST_AUTO_TEST_CASE(refuses_to_drop_to_root)
{
    if (skip_without_root())
        return;
    const auto as_root = sandbox::drop_to(0, some_group);
    BOOST_REQUIRE(!as_root);
    BOOST_TEST((as_root.error().code == base::Errc::Cannot));
    BOOST_TEST(!sandbox::drop_to(somebody, 0).has_value());
}

BOOST_AUTO_TEST_CASE(does_nothing_without_root)
{
    const int failed = failing_step({
        [] { return sandbox::drop_to(somebody, some_group).has_value(); },
        // Whoever started the tests, the child has no rights from here on, if the
        // uid above was root's; otherwise it never had any.
        [] { return !sandbox::is_privileged(); },
        [] { return sandbox::drop_to(1, 1).has_value() && ::getuid() != 1; },
        [] { return sandbox::jail("/nowhere").has_value(); },
        [] { return sandbox::jail_empty().has_value(); },
        [] { return ::access("/usr", F_OK) == 0; },
    });
    BOOST_TEST(failed == 0);
}

BOOST_AUTO_TEST_CASE(an_empty_jail_is_empty_and_stays_so)
{
    if (skip_without_root())
        return;
    const int failed = failing_step({
        [] { return sandbox::jail_empty().has_value(); },
        [] { return root_is_empty(); },
        [] { return ::open("/x", O_CREAT | O_WRONLY | O_CLOEXEC, 0600) < 0; },
        [] { return ::mkdir("/x", 0700) != 0; },
        [] { return ::access("/usr", F_OK) != 0; },
        [] { return ::access("../usr", F_OK) != 0; },
        [] { return sandbox::drop_to(somebody, some_group).has_value(); },
        [] { return ::mkdir("/x", 0700) != 0; },
    });
    BOOST_TEST(failed == 0);
}

BOOST_AUTO_TEST_CASE(many_can_share_an_empty_jail)
{
    if (skip_without_root())
        return;
    const auto directory = sandbox::empty_directory();
    BOOST_REQUIRE(directory.has_value());
    for (int i = 0; i < 2; ++i) {
        const int failed = failing_step({
            [&] { return sandbox::jail_at(*directory).has_value(); },
            [] { return root_is_empty(); },
            [] { return ::mkdir("/x", 0700) != 0; },
            [] { return ::access("../usr", F_OK) != 0; },
        });
        BOOST_TEST(failed == 0);
    }
}

BOOST_AUTO_TEST_CASE(a_jail_that_is_not_there_is_an_error)
{
    if (skip_without_root())
        return;
    const auto done = sandbox::jail("/nowhere/at/all");
    BOOST_REQUIRE(!done);
    BOOST_TEST((done.error().code == base::Errc::NotFound));
}

BOOST_AUTO_TEST_CASE(no_new_privileges_works_for_everybody)
{
    const int failed = failing_step({
        [] { return sandbox::no_new_privileges().has_value(); },
        [] { return ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1; },
    });
    BOOST_TEST(failed == 0);
}

BOOST_AUTO_TEST_SUITE_END()
