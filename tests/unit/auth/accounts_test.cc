// SPDX-License-Identifier: ISC
#include "auth/accounts.h"

#include <cstdlib>
#include <optional>
#include <string>

#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "auth/users_file.h"

namespace {

using auth::Accounts;
using base::Errc;

/// A variable of the environment, as long as this lives.
class Variable {
public:
    Variable(const char* name, const char* value) : name_(name)
    {
        if (const char* const before = std::getenv(name))
            before_ = before;
        ::setenv(name, value, 1);
    }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;
    ~Variable()
    {
        if (before_)
            ::setenv(name_, before_->c_str(), 1);
        else
            ::unsetenv(name_);
    }

private:
    const char* name_;
    std::optional<std::string> before_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(accounts)

// What an entry means is tested in authenticator_test.cc, with the passwords.

BOOST_AUTO_TEST_CASE(mail_comes_for_those_who_may_not_log_in)
{
    const std::string owner = ::geteuid() == 0 ? "54321:54322" : ":";
    const UsersFile users("out:{PLAIN}x:" + owner + "::/home/out::nologin\n" +
                          "shut:!:" + owner + "::/home/shut::\n" + "far:{PLAIN}x:" +
                          owner + "::/home/far::allow_nets=192.0.2.0/24\n");
    const Accounts accounts(users.settings);
    for (const char* const user : {"out", "shut", "far"}) {
        const auto identity = accounts.identify(user);
        BOOST_REQUIRE(identity.has_value());
        BOOST_TEST(identity->mail == std::string("/home/") + user + "/Maildir");
        BOOST_TEST(identity->label.empty());
    }
}

BOOST_AUTO_TEST_CASE(says_who_is_nobody)
{
    UsersFile users("ann:{PLAIN}x\neve:{SSHA}x\n");
    const Accounts accounts(users.settings);
    BOOST_TEST((accounts.identify("bob").error().code == Errc::NotFound));
    BOOST_TEST((accounts.identify("../ann").error().code == Errc::Refused));
    BOOST_TEST((accounts.identify("eve").error().code == Errc::Syntax));
    config::Settings none;
    none.auth.passwd_file.clear();
    BOOST_TEST((Accounts(none).identify("ann").error().code == Errc::NotFound));
}

BOOST_AUTO_TEST_CASE(the_environment_names_us_only_where_no_path_depends_on_it)
{
    const Variable home("HOME", "/home/ann");
    const Variable name("LOGNAME", "ann");
    config::Settings settings;
    const auto self = auth::identity_of_self(settings);
    BOOST_REQUIRE(self);
    BOOST_TEST(self->user == "ann");
    BOOST_TEST(self->uid == ::geteuid());
    BOOST_TEST(self->mail == "/home/ann/Maildir");

    settings.mail.location = "/srv/%u";
    const auto account = auth::identity_of_self(settings);
    BOOST_REQUIRE(account);
    BOOST_TEST(account->user != "ann");
    BOOST_TEST(account->mail == "/srv/" + account->user);

    settings.mail.location = "~/Maildir";
    settings.index.directory = "/var/index/%u";
    BOOST_TEST(auth::identity_of_self(settings)->user == account->user);
}

BOOST_AUTO_TEST_CASE(an_environment_that_says_nothing_is_passed_over)
{
    const config::Settings settings;
    const auto user_with = [&](const char* home_path, const char* log_name) {
        const Variable home("HOME", home_path);
        const Variable name("LOGNAME", log_name);
        const auto self = auth::identity_of_self(settings);
        return self ? self->user : self.error().text;
    };
    const std::string uid = std::to_string(::geteuid());
    BOOST_TEST(user_with("/home/ann", "ann") == "ann");
    BOOST_TEST(user_with("/home/ann", "") == uid);
    BOOST_TEST(user_with("/home/ann", "../ann") == uid);
    const std::string account = user_with("", "ann");
    BOOST_TEST(account != "ann");
    BOOST_TEST(user_with("ann", "ann") == account);
}

BOOST_AUTO_TEST_SUITE_END()
