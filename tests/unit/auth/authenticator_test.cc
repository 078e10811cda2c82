// SPDX-License-Identifier: ISC
#include "auth/authenticator.h"

#include <cstdio>
#include <ctime>
#include <functional>
#include <initializer_list>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "auth/users_file.h"
#include "base/speaking_child.h"

namespace {

using auth::Authenticator;
using auth::Identity;
using base::Errc;

bool skip_without_root()
{
    if (::geteuid() == 0)
        return false;
    BOOST_TEST_MESSAGE("skipped: needs root");
    return true;
}

/// The step that returned false first, from 1, in a child that is not root.
int failing_step_without_root(std::initializer_list<std::function<bool()>> steps)
{
    std::fflush(nullptr);
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        if (::geteuid() == 0 && ::setresuid(54321, 54321, 54321) != 0)
            ::_exit(99);
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

} // namespace

BOOST_AUTO_TEST_SUITE(authenticator)

BOOST_AUTO_TEST_CASE(as_root_the_entry_says_who_somebody_is)
{
    if (skip_without_root())
        return;
    const UsersFile users("ann:{PLAIN}secret:54321:54322::/home/ann::\n"
                          "bob:{PLAIN}secret:54321:54322::/home/bob::"
                          "userdb_mail=maildir:/srv/%u\n");
    const Authenticator authenticator(users.settings);
    const auto ann = authenticator.verify("ann", "secret");
    BOOST_REQUIRE(ann.has_value());
    BOOST_TEST((*ann == Identity{"ann", 54321, 54322, "/home/ann", "/home/ann/Maildir",
                                 "", ""}));
    BOOST_TEST(authenticator.verify("bob", "secret")->mail == "/srv/bob");
    BOOST_TEST(auth::Accounts(users.settings).identify("bob")->mail == "/srv/bob");
}

BOOST_AUTO_TEST_CASE(as_root_names_of_accounts_and_groups_count)
{
    if (skip_without_root())
        return;
    const UsersFile users("ann:{PLAIN}secret:daemon:bin::/home/ann::\n"
                          "bob:{PLAIN}secret:daemon:::/home/bob::\n"
                          "eve:{PLAIN}secret:nobody-at-all:::/home/eve::\n");
    const Authenticator authenticator(users.settings);
    BOOST_TEST(authenticator.verify("ann", "secret")->uid == 1U);
    BOOST_TEST(authenticator.verify("ann", "secret")->gid == 2U);
    BOOST_TEST(authenticator.verify("ann", "secret")->groups_of == "daemon");
    BOOST_TEST(authenticator.verify("bob", "secret")->gid == 1U);
    BOOST_TEST((authenticator.verify("eve", "secret").error().code == Errc::Cannot));
}

BOOST_AUTO_TEST_CASE(as_root_the_mail_user_stands_in)
{
    if (skip_without_root())
        return;
    UsersFile users("ann:{PLAIN}secret::::/srv/ann::\n"
                    "news:{PLAIN}secret\n" // a system account, but below 1000
                    "num:{PLAIN}secret:54321:::/srv/num::\n");
    users.settings.mail.user = "daemon";
    users.settings.mail.location = "/srv/%u";
    const Authenticator authenticator(users.settings);
    for (const char* const user : {"ann", "news"}) {
        const auto identity = authenticator.verify(user, "secret");
        BOOST_REQUIRE(identity.has_value());
        BOOST_TEST(identity->uid == 1U);
        BOOST_TEST(identity->groups_of == "daemon");
    }
    BOOST_TEST(authenticator.verify("num", "secret")->uid == 54321U);
    BOOST_TEST(authenticator.verify("num", "secret")->gid == 1U);

    users.settings.mail.user = "nobody-at-all";
    BOOST_TEST((Authenticator(users.settings).verify("ann", "secret").error().code ==
                Errc::Cannot));
    users.settings.mail.user.clear();
    BOOST_TEST((Authenticator(users.settings).verify("ann", "secret").error().code ==
                Errc::Cannot));
}

BOOST_AUTO_TEST_CASE(nobody_is_ever_root)
{
    if (skip_without_root())
        return;
    const UsersFile users("a:{PLAIN}secret:0:1::/root::\n"
                          "b:{PLAIN}secret:root:::/root::\n"
                          "c:{PLAIN}secret:1:0::/root::\n"
                          "d:{PLAIN}secret:1:root::/root::\n"
                          "e:{PLAIN}secret:4294967295:1::/root::\n"
                          "root:{PLAIN}secret\n");
    const Authenticator authenticator(users.settings);
    for (const char* const user : {"a", "b", "c", "d", "e", "root"})
        BOOST_TEST(!authenticator.verify(user, "secret").has_value(), user);
}

BOOST_AUTO_TEST_CASE(refuses_without_saying_why_to_the_client)
{
    const UsersFile users("ann:{PLAIN}secret::::/home/ann::\n");
    const Authenticator authenticator(users.settings);
    for (const char* const user :
         {"bob", "", "../ann", "a/b", ".", "ann:{PLAIN}secret"})
        BOOST_TEST((authenticator.verify(user, "secret").error().code == Errc::Refused),
                   user);
    BOOST_TEST((authenticator.verify("ann", "Secret").error().code == Errc::Refused));
    BOOST_TEST((auth::Accounts(users.settings).identify("bob").error().code ==
                Errc::NotFound));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_no_refusal)
{
    config::Settings settings;
    settings.auth.passwd_file = "/nowhere/users";
    const Authenticator authenticator(settings);
    BOOST_TEST((authenticator.verify("ann", "secret").error().code != Errc::Refused));
    BOOST_TEST(authenticator.complaints().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_wrong_line_is_not_the_clients_mistake)
{
    const UsersFile users("eve:{SSHA256}!!!:::::\nbob:{PLAIN}x::::no/where::\n"
                          "sue:{ROT13}k:::::\n");
    const Authenticator authenticator(users.settings);
    for (const char* const user : {"eve", "bob", "sue"}) {
        BOOST_TEST((authenticator.verify(user, "x").error().code == Errc::Cannot));
        BOOST_TEST((authenticator.identify(user).error().code == Errc::Cannot));
        const auto keys = authenticator.credentials(user, auth::Hash::Sha256);
        BOOST_REQUIRE(!keys.has_value());
        BOOST_TEST((keys.error().code == Errc::Cannot));
    }
}

BOOST_AUTO_TEST_CASE(without_any_source_everybody_is_refused)
{
    config::Settings settings;
    settings.auth.passwd_file.clear();
    BOOST_TEST((Authenticator(settings).verify("ann", "secret").error().code ==
                Errc::Refused));
}

BOOST_AUTO_TEST_CASE(without_root_only_the_one_who_runs_it_is_served)
{
    const std::string me = std::to_string(::geteuid() == 0 ? 54321 : ::geteuid());
    UsersFile users("ann:{PLAIN}secret::::/home/ann::\n"
                    "bob:{PLAIN}secret:" +
                    me +
                    ":7::/home/bob::\n"
                    "eve:{PLAIN}secret:1:1::/home/eve::\n");
    users.settings.index.directory = "/var/index/%u";
    const Authenticator authenticator(users.settings);
    const int failed = failing_step_without_root({
        [&] { return authenticator.verify("ann", "secret").has_value(); },
        [&] { return authenticator.verify("ann", "secret")->uid == ::geteuid(); },
        [&] { return authenticator.verify("ann", "secret")->gid == ::getegid(); },
        [&] {
            return authenticator.verify("ann", "secret")->mail == "/home/ann/Maildir";
        },
        [&] {
            return authenticator.verify("ann", "secret")->index == "/var/index/ann";
        },
        [&] { return authenticator.verify("bob", "secret")->gid == ::getegid(); },
        [&] {
            return authenticator.verify("eve", "secret").error().code == Errc::Refused;
        },
        [&] { return authenticator.verify("ann", "x").error().code == Errc::Refused; },
    });
    BOOST_TEST(failed == 0);
}

BOOST_AUTO_TEST_CASE(whoever_runs_this_has_a_home)
{
    config::Settings settings;
    settings.mail.location = "/srv/%u";
    const auto self = auth::identity_of_self(settings);
    BOOST_REQUIRE(self.has_value());
    BOOST_TEST(self->uid == ::geteuid());
    BOOST_TEST(self->mail == "/srv/" + self->user);
}

BOOST_AUTO_TEST_CASE(keys_of_somebody_unknown_take_as_long_as_those_made_of_a_password)
{
    // The second line only says how many iterations there are.
    const UsersFile file("ann:{PLAIN}secret:::::\n"
                         "bob:{SCRAM-SHA-256}300000,c2FsdA==,"
                         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,"
                         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:::::\n");
    const Authenticator authenticator(file.settings);
    const auto cost = [&](const char* user) {
        const auto before = std::clock();
        BOOST_TEST(authenticator.credentials(user, auth::Hash::Sha256).has_value());
        return static_cast<double>(std::clock() - before);
    };
    cost("ann"); // what is done once is done
    const double of_ann = cost("ann");
    for (const char* other : {"bob", "nobody", "No such name \x01"})
        BOOST_TEST(cost(other) > of_ann / 2);
}

BOOST_AUTO_TEST_CASE(hashing_waits_for_its_turn)
{
    const UsersFile users("ann:{PLAIN}secret:::::\n");
    const auto turnstile = base::Turnstile::make(1);
    BOOST_REQUIRE(turnstile.has_value());
    const Authenticator authenticator(users.settings, {}, &*turnstile);
    SpeakingChild holder([&](const auto& say) {
        const auto turn = turnstile->take();
        say();
        for (;;)
            ::pause();
    });
    BOOST_REQUIRE(holder.has_spoken());
    const SpeakingChild by_password([&](const auto& say) {
        static_cast<void>(authenticator.verify("ann", "wrong"));
        say();
    });
    const SpeakingChild by_keys([&](const auto& say) {
        static_cast<void>(authenticator.credentials("ann", auth::Hash::Sha256));
        say();
    });
    BOOST_TEST(!by_password.has_spoken(SpeakingChild::moment_ms));
    BOOST_TEST(!by_keys.has_spoken(SpeakingChild::moment_ms));
    holder.die();
    BOOST_TEST(by_password.has_spoken());
    BOOST_TEST(by_keys.has_spoken());
}

BOOST_AUTO_TEST_SUITE_END()
